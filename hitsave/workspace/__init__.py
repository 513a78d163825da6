"""Files, open buffers over files, installed distributions, the persistent facts table.

The only layer that turns the disk into text and names for the layers above. Ground state is the disk (and the editor's buffers);
everything kept here is derived from it, guarded by what the file system says about it, and may be thrown away at any time.

    project.py         the folder that a project is            settings.py        [tool.hitsave] and the environment
    module_names.py    file → module name, and back            module_search.py   import name → file
    dotted.py          a path as a dotted name, reversibly     folders.py         folder listings, kept while they are true
    origins.py         project, external or standard library   metadata.py        what one *.dist-info says
    sources.py         text of files and open buffers          notebooks.py       an .ipynb as one module
    distributions.py   what is installed, in which version     facts_table.py     analysed facts, kept between processes
    editable.py        where editable installs have their code library.py         the code graph's library over real files
    workspace.py       all of these for one project

Architecture invariant: nothing here imports, executes or evaluates user code, and nothing looks at the live process:
the import path, environment variables and buffers come in as arguments.

Architecture invariant: these modules are on the path of the first hit in a fresh process. They import neither inspect (hence no dataclasses),
importlib.metadata, tokenize, tempfile nor asyncio, and load tomllib, json, ast and zipfile only when a file asks for it.
"""
