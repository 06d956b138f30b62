#!/bin/sh
# For xbar and SwiftBar: copy to the plugin folder as usagetray.30s.sh; for Argos on GNOME to ~/.config/argos.
# The name says how often it is asked. One provider only: --provider claude. What is left: --left.
PATH="$HOME/.local/bin:/opt/homebrew/bin:/usr/local/bin:$PATH"
exec usagetray bar xbar
