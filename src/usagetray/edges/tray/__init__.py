"""The icon in the panel: a picture, a tooltip, a menu, and what the user does with them.

`choice.make_tray` is what the program uses. Nothing is imported here, because pystray and dbus-fast are for
the tray process alone.
"""
