"""The tray icon, from what it is to say to its pixels."""
