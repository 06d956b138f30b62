# bash completion for usagetray, made by `usagetray completion bash`.
# Copy to ~/.local/share/bash-completion/completions/usagetray
_usagetray() {
    local word path= place=0 skip= i
    local current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ -n $skip ]]; then
            [[ $word == "=" ]] || skip=
            continue
        fi
        case "$path $word" in
        " demo"|" status"|" bar"|" report"|" advise"|" log"|" export"|" show"|" run"|" providers"|" connect"|" disconnect"|" config"|" config path"|" config edit"|" config get"|" config set"|" alerts"|" alerts list"|" alerts snooze"|" alerts test"|" completion"|" doctor"|" autostart"|" index"|" statusline"|" icon-sheet") path="$path $word" place=0 ;;
        " --origin"|" --keychain"|" --notify-to"|" demo --speed"|" status --warning"|" status --critical"|" bar --provider"|" report --since"|" report --until"|" report --timezone"|" report --provider"|" report --week-starts"|" advise --what-if"|" advise --plan"|" advise --hour-value"|" advise --can-wait"|" advise --days"|" log --model"|" log --usage"|" log --input"|" log --output"|" log --cached"|" log --cache-write-5m"|" log --cache-write-1h"|" log --app"|" log --task"|" log --at"|" log --tier"|" log --speed"|" log --geo"|" log --id"|" export --since"|" export --until"|" export --by"|" export --format"|" export --out"|" connect --only"|" connect --account"|" connect --home"|" disconnect --only"|" disconnect --account"|" disconnect --home") skip=$word ;;
        *" -"*) ;;
        *) place=$((place + 1)) ;;
        esac
    done
    if [[ -n $skip ]]; then
        [[ $current == "=" ]] && current=
        case "$path $skip" in
        " --origin") : ;;
        " --keychain") : ;;
        " --notify-to") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        " demo --speed") : ;;
        " status --warning") : ;;
        " status --critical") : ;;
        " bar --provider") COMPREPLY=($(compgen -W "$(usagetray completion providers 2>/dev/null)" -- "$current")) ;;
        " report --since") : ;;
        " report --until") : ;;
        " report --timezone") : ;;
        " report --provider") COMPREPLY=($(compgen -W "$(usagetray completion providers 2>/dev/null)" -- "$current")) ;;
        " report --week-starts") COMPREPLY=($(compgen -W "monday sunday" -- "$current")) ;;
        " advise --what-if") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        " advise --plan") : ;;
        " advise --hour-value") : ;;
        " advise --can-wait") : ;;
        " advise --days") : ;;
        " log --model") : ;;
        " log --usage") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        " log --input") : ;;
        " log --output") : ;;
        " log --cached") : ;;
        " log --cache-write-5m") : ;;
        " log --cache-write-1h") : ;;
        " log --app") : ;;
        " log --task") : ;;
        " log --at") : ;;
        " log --tier") : ;;
        " log --speed") : ;;
        " log --geo") : ;;
        " log --id") : ;;
        " export --since") : ;;
        " export --until") : ;;
        " export --by") COMPREPLY=($(compgen -W "day quarter" -- "$current")) ;;
        " export --format") COMPREPLY=($(compgen -W "csv json" -- "$current")) ;;
        " export --out") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        " connect --only") COMPREPLY=($(compgen -W "$(usagetray completion sources 2>/dev/null)" -- "$current")) ;;
        " connect --account") : ;;
        " connect --home") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        " disconnect --only") COMPREPLY=($(compgen -W "$(usagetray completion sources 2>/dev/null)" -- "$current")) ;;
        " disconnect --account") : ;;
        " disconnect --home") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        esac
        return
    fi
    if [[ $current != -* ]]; then
        case "$path/$place" in
        " bar/0") COMPREPLY=($(compgen -W "waybar polybar i3blocks tmux xbar json" -- "$current")) ;;
        " report/0") COMPREPLY=($(compgen -W "daily weekly monthly session project model block app" -- "$current")) ;;
        " export/0") COMPREPLY=($(compgen -W "usage readings alerts spend" -- "$current")) ;;
        " providers/0") COMPREPLY=($(compgen -W "$(usagetray completion providers 2>/dev/null)" -- "$current")) ;;
        " connect/0") COMPREPLY=($(compgen -W "$(usagetray completion providers 2>/dev/null)" -- "$current")) ;;
        " disconnect/0") COMPREPLY=($(compgen -W "$(usagetray completion providers 2>/dev/null)" -- "$current")) ;;
        " config get/0") COMPREPLY=($(compgen -W "$(usagetray completion settings 2>/dev/null)" -- "$current")) ;;
        " config set/0") COMPREPLY=($(compgen -W "$(usagetray completion settings 2>/dev/null)" -- "$current")) ;;
        " alerts snooze/0") COMPREPLY=($(compgen -W "1h reset tomorrow off" -- "$current")) ;;
        " completion/0") COMPREPLY=($(compgen -W "bash zsh fish providers settings sources" -- "$current")) ;;
        " doctor/0") COMPREPLY=($(compgen -W "billing cost" -- "$current")) ;;
        " autostart/0") COMPREPLY=($(compgen -W "on off status" -- "$current")) ;;
        " icon-sheet/0") compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        esac
    fi
    case "$path" in
        "") COMPREPLY+=($(compgen -W "demo status bar report advise log export show run providers connect disconnect config alerts completion doctor autostart index statusline icon-sheet -h --help --version --origin --keychain --notify-to --log" -- "$current")) ;;
        " demo") COMPREPLY+=($(compgen -W "-h --help --speed --text" -- "$current")) ;;
        " status") COMPREPLY+=($(compgen -W "-h --help --json -v --verbose --no-scan --check --warning --critical" -- "$current")) ;;
        " bar") COMPREPLY+=($(compgen -W "-h --help --provider --left" -- "$current")) ;;
        " report") COMPREPLY+=($(compgen -W "-h --help --since --until --timezone --provider --week-starts --instances --why --no-scan --json --csv" -- "$current")) ;;
        " advise") COMPREPLY+=($(compgen -W "-h --help --what-if --plan --hour-value --can-wait --days --json" -- "$current")) ;;
        " log") COMPREPLY+=($(compgen -W "-h --help --model --usage --input --output --cached --cache-write-5m --cache-write-1h --cached-inside --cached-beside --app --task --at --tier --speed --geo --can-wait --id --json" -- "$current")) ;;
        " export") COMPREPLY+=($(compgen -W "-h --help --since --until --by --format --out --no-scan" -- "$current")) ;;
        " show") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " run") COMPREPLY+=($(compgen -W "-h --help --headless --once" -- "$current")) ;;
        " providers") COMPREPLY+=($(compgen -W "-h --help --json" -- "$current")) ;;
        " connect") COMPREPLY+=($(compgen -W "-h --help --only --account -y --yes --home" -- "$current")) ;;
        " disconnect") COMPREPLY+=($(compgen -W "-h --help --only --account -y --yes --home" -- "$current")) ;;
        " config") COMPREPLY+=($(compgen -W "path edit get set -h --help" -- "$current")) ;;
        " config path") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " config edit") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " config get") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " config set") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " alerts") COMPREPLY+=($(compgen -W "list snooze test -h --help" -- "$current")) ;;
        " alerts list") COMPREPLY+=($(compgen -W "-h --help --json" -- "$current")) ;;
        " alerts snooze") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " alerts test") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " completion") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " doctor") COMPREPLY+=($(compgen -W "-h --help --json --report --wipe --yes" -- "$current")) ;;
        " autostart") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " index") COMPREPLY+=($(compgen -W "-h --help --rebuild --verify --json" -- "$current")) ;;
        " statusline") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
        " icon-sheet") COMPREPLY+=($(compgen -W "-h --help" -- "$current")) ;;
    esac
}
complete -F _usagetray usagetray
