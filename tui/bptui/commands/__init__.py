"""The commands: each described once, and their keys.

A settings file may change the keys (`change_keys`). Therefore a text that names a key must call `key_of` when
the text is shown, not when its module is loaded.
"""

from bptui.commands.keys import SIGNS, change_keys, changed_keys, displayed, spell_arrows
from bptui.commands.table import COMMAND, COMMANDS, SPOKEN, arrow_keys, key_of, keys_of, short_keys_of
from bptui.commands.table.command import TABS, TOPICS, Command
