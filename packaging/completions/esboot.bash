# bash completion for esboot. What it offers is read from the program's own --help, so it is never older or newer
# than the program; only the values of options are listed here.

# _esboot_rows commands|options, with a help text on stdin: the first words of its rows.
_esboot_rows() {
  awk -v what="$1" '
    /COMMAND/ { lists_commands = 1 }
    what == "commands" && lists_commands && /^  [a-z][a-z-]*( |$)/ { print $1 }
    what == "options" && /^ +-/ {
      sub(/^ +/, ""); sub(/  .*/, "")
      count = split($0, names, /[ ,]+/)
      for (i = 1; i <= count && names[i] ~ /^-/; i++) print names[i]
    }'
}

_esboot_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_esboot() {
  local program=$1 current=$2 previous=$3 command='' verb='' word help
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      [a-z]*) if [ -z "$command" ]; then command=$word; elif [ -z "$verb" ]; then verb=$word; fi ;;
    esac
  done
  case $previous in
    --key-type) COMPREPLY=($(compgen -W 'rsa p256 p384' -- "$current")); return ;;
    --key-search) COMPREPLY=($(compgen -W 'parallel openssl' -- "$current")); return ;;
    --format) COMPREPLY=($(compgen -W 'p12 pem' -- "$current")); return ;;
    --log-format) COMPREPLY=($(compgen -W 'text json' -- "$current")); return ;;
    --relay) COMPREPLY=($(compgen -W 'yes no' -- "$current")); return ;;
    --out | --*-file | --pidfile | --into | --from) _esboot_files "$current"; return ;;
    --ca) [ "$command $verb" = 'certs renew' ] || { _esboot_files "$current"; return; } ;;
    -p) [ "$command" = keystore ] || { _esboot_files "$current"; return; } ;;
    --*-fd | --*days | --timeout | --wait | --san | --ca-name | --enrollment-token | -E) return ;;
  esac
  if [[ $current != -* ]]; then
    case $command/$verb in
      /) help=$("$program" help 2>/dev/null) ;;
      keystore/apply | keystore/diff | keystore/add-file) _esboot_files "$current"; return ;;
      certs/export) COMPREPLY=($(compgen -W 'ca chain key' -- "$current")); return ;;
      */) help=$("$program" "$command" --help 2>/dev/null) ;;
      *) return ;;
    esac
    COMPREPLY=($(compgen -W "$(_esboot_rows commands <<<"$help")" -- "$current"))
    return
  fi
  help=$("$program" ${command:-start} $verb --help 2>/dev/null)
  [[ $help != *'[options of start]'* ]] || help+=$'\n'$("$program" start --help 2>/dev/null)
  COMPREPLY=($(compgen -W "$(_esboot_rows options <<<"$help")" -- "$current"))
}
complete -F _esboot esboot
