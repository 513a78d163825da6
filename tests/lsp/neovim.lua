-- A second editor on the language server: headless Neovim 0.11, with nothing configured but what docs/editor.md says.
--   nvim --headless -u NONE -l neovim.lua PYTHON START FILE HELPER
-- Prints what it is shown, one line each; test_neovim.py reads it.
local python, start, file, helper = unpack(_G.arg)
local ok, problem = pcall(function()
  vim.lsp.config('hitsave', {
    cmd = { python, '-I', '-c', start },
    filetypes = { 'python' },
    root_markers = { 'pyproject.toml', '.git' },
  })
  vim.lsp.enable('hitsave')
  vim.cmd('filetype on')
  vim.cmd('edit ' .. helper)
  local other = vim.api.nvim_get_current_buf()
  vim.cmd('edit ' .. file)
  local buffer = vim.api.nvim_get_current_buf()
  local function hint_with(word)
    return function()
      for _, found in ipairs(vim.lsp.inlay_hint.get({ bufnr = buffer })) do
        if found.inlay_hint.label:find(word, 1, true) then return found.inlay_hint.label end
      end
    end
  end
  local function wait(what, found)
    local value
    assert(vim.wait(60000, function() value = found() return value end, 50), 'no ' .. what)
    return value
  end
  wait('client', function() return #vim.lsp.get_clients({ bufnr = buffer }) > 0 and vim.lsp.get_clients({ bufnr = buffer })[1].initialized end)
  vim.lsp.inlay_hint.enable(true, { bufnr = buffer })
  print('hint: ' .. wait('hint', hint_with('cached')))
  local line = vim.fn.search('return x')
  vim.api.nvim_buf_set_lines(other, vim.api.nvim_buf_line_count(other) - 1, -1, false, { '    return x + 1' })
  vim.api.nvim_buf_call(other, function() vim.cmd('doautocmd TextChanged') end)
  print('stale: ' .. wait('stale hint', hint_with('stale')))
  print('diagnostic: ' .. wait('diagnostic', function() return #vim.diagnostic.get(buffer) > 0 and vim.diagnostic.get(buffer)[1].message end))
  vim.fn.search('def train')
  vim.cmd('normal! w')
  local answers = vim.lsp.buf_request_sync(buffer, 'textDocument/hover', vim.lsp.util.make_position_params(0, 'utf-16'), 60000)
  for _, answer in pairs(answers) do print('hover: ' .. answer.result.contents.value:match('[^\n]*')) end
  local _ = line
end)
print(ok and 'all well' or ('failed: ' .. tostring(problem)))
for _, client in ipairs(vim.lsp.get_clients()) do client:stop(true) end
os.exit(ok and 0 or 1)
