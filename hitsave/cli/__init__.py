"""The command `hitsave`.

    main.py            the entry point: the list of commands, errors as one line, exit statuses
    commands/          one command a file
    here.py            what a command is about: the store, the project of the current folder
    finding.py         from what a person typed to a symbol or an entry
    consent.py         asking before something is removed
    progress.py        a bar for what takes long
    marking.py         what pin, unpin, tag and note have in common
    health.py          what doctor looks at
    shapes.py          everything as JSON; docs/cli.md has the shapes
    sarif.py           findings of `lint` for code scanning
    screen.py          everything as text: good to look at in a terminal, plain in a pipe
    passages.py        parts of that text which several commands print
    pictured.py        Views as text

Architecture invariant: no command imports user code or `hitsave.runtime`, but for `verify`, which runs a program.

Architecture invariant: what is wrong with a person's input ends as one line on standard error and exit status 2, never as a traceback.
"""
