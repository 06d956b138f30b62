# fish completion for usagetray, made by `usagetray completion fish`.
# Copy to ~/.config/fish/completions/usagetray.fish
function __usagetray_at
    set -l at
    set -l place 0
    set -l skip
    set -l typed (commandline -opc)
    for word in $typed[2..-1]
        if test -n "$skip"
            set skip
            continue
        end
        switch "$at $word"
            case " demo" " status" " bar" " show" " run" " providers" " connect" " disconnect" " config" " config path" " config edit" " config get" " config set" " alerts" " alerts list" " alerts test" " completion" " doctor" " autostart" " statusline" " icon-sheet"
                set at "$at $word"
                set place 0
            case " --origin" " --keychain" " --notify-to" " demo --speed" " status --warning" " status --critical" " bar --provider" " connect --only" " connect --home" " disconnect --only" " disconnect --home"
                set skip $word
            case '* -*'
            case '*'
                set place (math $place + 1)
        end
    end
    echo "$at/$place"
end
complete -c usagetray -f
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a demo -d 'the whole program on simulated sources, marked DEMO'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a status -d 'what is used, what is left, when it comes back'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a bar -d 'one line for a status bar'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a show -d 'open the popup of the running tray'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a run -d 'work without a desktop'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a providers -d 'what is known, what is found here, what each would read'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a connect -d 'allow a source, or store a key'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a disconnect -d 'withdraw what was allowed'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a config -d 'read and change settings'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a alerts -d 'what was announced and why'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a completion -d 'what bash, zsh or fish needs to complete our verbs'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a doctor -d 'why something is not shown, and what to do about it'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a autostart -d 'whether the tray starts at login'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a statusline -d 'for Claude Code’s status line; `connect` installs it'
complete -c usagetray -n 'string match -q -- \'/0\' (__usagetray_at)' -a icon-sheet -d 'every state and size of the icon in one picture'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -l version -d 'show program’s version number and exit'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -l origin -x -a '' -d 'ask this server instead'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -l keychain -x -a '' -d 'ok, missing, locked, refuses, slow:SECONDS'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -l notify-to -r -F -d 'alerts as lines of JSON'
complete -c usagetray -n 'string match -q -- \'/*\' (__usagetray_at)' -l log -d 'log in detail'
complete -c usagetray -n 'string match -q -- \' demo/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' demo/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' demo/*\' (__usagetray_at)' -l speed -x -a '' -d 'simulated seconds per second (default 600)'
complete -c usagetray -n 'string match -q -- \' demo/*\' (__usagetray_at)' -l text -d 'play in the terminal even where there is a desktop'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l json -d 'for scripts; the shape is versioned'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -s v -d 'each source’s attempts and unread fields'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l verbose -d 'each source’s attempts and unread fields'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l no-scan -d 'show what is stored, read nothing anew'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l check -d 'one line, from what is stored; ends with 10 at warning, 11 at critical, 1 without a figure'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l warning -x -a '' -d 'with --check: percent used, else 75'
complete -c usagetray -n 'string match -q -- \' status/*\' (__usagetray_at)' -l critical -x -a '' -d 'with --check: percent used, else 90'
complete -c usagetray -n 'string match -q -- \' bar/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' bar/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' bar/*\' (__usagetray_at)' -l provider -x -a '(usagetray completion providers 2>/dev/null)' -d 'only this one; else the one with the tightest limit'
complete -c usagetray -n 'string match -q -- \' bar/*\' (__usagetray_at)' -l left -d 'what is left instead of what is used'
complete -c usagetray -n 'string match -q -- \' show/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' show/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' run/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' run/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' run/*\' (__usagetray_at)' -l headless -d 'refresh and alert, show no icon'
complete -c usagetray -n 'string match -q -- \' run/*\' (__usagetray_at)' -l once -d 'read everything once, print the status as JSON, end'
complete -c usagetray -n 'string match -q -- \' providers/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' providers/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' providers/*\' (__usagetray_at)' -l json
complete -c usagetray -n 'string match -q -- \' connect/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' connect/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' connect/*\' (__usagetray_at)' -l only -x -a '(usagetray completion sources 2>/dev/null)' -d 'one of the names `providers` lists'
complete -c usagetray -n 'string match -q -- \' connect/*\' (__usagetray_at)' -s y -d 'answer yes to what is asked'
complete -c usagetray -n 'string match -q -- \' connect/*\' (__usagetray_at)' -l yes -d 'answer yes to what is asked'
complete -c usagetray -n 'string match -q -- \' connect/*\' (__usagetray_at)' -l home -r -F -d 'which folder of the tool, where there are several'
complete -c usagetray -n 'string match -q -- \' disconnect/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' disconnect/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' disconnect/*\' (__usagetray_at)' -l only -x -a '(usagetray completion sources 2>/dev/null)' -d 'one of the names `providers` lists'
complete -c usagetray -n 'string match -q -- \' disconnect/*\' (__usagetray_at)' -s y -d 'answer yes to what is asked'
complete -c usagetray -n 'string match -q -- \' disconnect/*\' (__usagetray_at)' -l yes -d 'answer yes to what is asked'
complete -c usagetray -n 'string match -q -- \' disconnect/*\' (__usagetray_at)' -l home -r -F -d 'which folder of the tool, where there are several'
complete -c usagetray -n 'string match -q -- \' config/0\' (__usagetray_at)' -a path -d 'where the settings file is'
complete -c usagetray -n 'string match -q -- \' config/0\' (__usagetray_at)' -a edit -d 'open it in your editor'
complete -c usagetray -n 'string match -q -- \' config/0\' (__usagetray_at)' -a get -d 'one setting, or all'
complete -c usagetray -n 'string match -q -- \' config/0\' (__usagetray_at)' -a set -d 'change one setting'
complete -c usagetray -n 'string match -q -- \' config/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config path/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config path/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config edit/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config edit/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config get/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config get/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config set/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' config set/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' alerts/0\' (__usagetray_at)' -a list -d 'the last ones (also without a word)'
complete -c usagetray -n 'string match -q -- \' alerts/0\' (__usagetray_at)' -a test -d 'send one now, to see that they arrive'
complete -c usagetray -n 'string match -q -- \' alerts/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' alerts/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' alerts list/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' alerts list/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' alerts list/*\' (__usagetray_at)' -l json
complete -c usagetray -n 'string match -q -- \' alerts test/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' alerts test/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' completion/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' completion/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' doctor/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' doctor/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' doctor/*\' (__usagetray_at)' -l json -d 'for scripts'
complete -c usagetray -n 'string match -q -- \' doctor/*\' (__usagetray_at)' -l report -d 'without names and paths of yours, to show to others'
complete -c usagetray -n 'string match -q -- \' autostart/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' autostart/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' statusline/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' statusline/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' icon-sheet/*\' (__usagetray_at)' -s h -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' icon-sheet/*\' (__usagetray_at)' -l help -d 'show this help message and exit'
complete -c usagetray -n 'string match -q -- \' bar/0\' (__usagetray_at)' -a 'waybar polybar i3blocks tmux xbar json'
complete -c usagetray -n 'string match -q -- \' connect/0\' (__usagetray_at)' -a '(usagetray completion providers 2>/dev/null)'
complete -c usagetray -n 'string match -q -- \' disconnect/0\' (__usagetray_at)' -a '(usagetray completion providers 2>/dev/null)'
complete -c usagetray -n 'string match -q -- \' config get/0\' (__usagetray_at)' -a '(usagetray completion settings 2>/dev/null)'
complete -c usagetray -n 'string match -q -- \' config set/0\' (__usagetray_at)' -a '(usagetray completion settings 2>/dev/null)'
complete -c usagetray -n 'string match -q -- \' completion/0\' (__usagetray_at)' -a 'bash zsh fish providers settings sources'
complete -c usagetray -n 'string match -q -- \' autostart/0\' (__usagetray_at)' -a 'on off status'
complete -c usagetray -n 'string match -q -- \' icon-sheet/0\' (__usagetray_at)' -F
