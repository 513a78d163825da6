"""What people see: the experiments panel over a team's runs, its members, projects and keys.

The panel's page and its answers are those of `hitsave ui` (`hitsave.panel`), read from the hub; the rest is plain HTML without scripts.

Invariants:

- Who is not logged in sees the login page and nothing else. A session is a cookie that no script can read and no other site can send.
- Whatever changes something is a POST from this origin with the session's own token.
- Nothing is decoded but Views, Records and texts; a value is bytes.
"""
