"""The command `hitsave`.

    main.py            the entry point: the list of commands, errors as one line, exit statuses
    commands/          one command a file
    here.py            what a command is about: the store, the project of the current folder, its text
    finding.py         from what a person typed to a symbol or an entry
    judging.py         stored entries against the text as it is now
    dependencies.py    what a function depends on, as a tree
    shapes.py          everything as JSON; docs/cli.md has the shapes
    screen.py          everything as text: good to look at in a terminal, plain in a pipe
    passages.py        parts of that text which several commands print
    words.py           times, sizes and counts as people say them
    project_files.py   the files of a project

Architecture invariant: `status`, `ls`, `show`, `why` and `deps` import neither user code nor `hitsave.runtime`.

Architecture invariant: what is wrong with a person's input ends as one line on standard error and exit status 2, never as a traceback.
"""
