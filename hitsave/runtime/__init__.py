"""The decorators and the call path: the only layer that holds live functions.

Read `memo`, then `running`, then `evaluate`; `live` and `world` hold text and live objects to one answer.
"""
