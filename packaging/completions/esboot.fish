# fish completion for esboot. What it offers is read from the program's own --help, so it is never older or newer
# than the program; only the values of options are listed here.

# __esboot_rows commands|options, with a help text on stdin: a word, a tab and its description for each row.
function __esboot_rows
    awk -v what=$argv[1] '
    function row(line,   at) { at = match(line, /  +/); return at ? substr(line, RSTART + RLENGTH) : "" }
    /COMMAND/ { lists_commands = 1 }
    what == "commands" && lists_commands && /^  [a-z][a-z-]*( |$)/ { print $1 "\t" row(substr($0, 3)) }
    what == "options" && /^ +-/ {
      sub(/^ +/, ""); description = row($0); sub(/  .*/, "")
      count = split($0, names, /[ ,]+/)
      for (i = 1; i <= count && names[i] ~ /^-/; i++)
        if (!seen[names[i]]++) print names[i] "\t" description
    }'
end

function __esboot_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -l previous $words[-1]
    set -l plain (string match -r '^[a-z].*' -- $words[2..-1])
    set -l command $plain[1]
    set -l verb $plain[2]
    switch $previous
        case --key-type
            printf '%s\n' rsa p256 p384
            return
        case --key-search
            printf '%s\n' parallel openssl
            return
        case --format
            printf '%s\n' p12 pem
            return
        case --log-format
            printf '%s\n' text json
            return
        case --relay
            printf '%s\n' yes no
            return
        case --out '--*-file' --pidfile --into --from
            __fish_complete_path $current
            return
        case --ca
            if test "$verb" != renew
                __fish_complete_path $current
                return
            end
        case -p
            if test "$command" != keystore
                __fish_complete_path $current
                return
            end
        case '--*-fd' '--*days' --timeout --wait --san --ca-name --enrollment-token -E
            return
    end
    if not string match -q -- '-*' $current
        switch "$command/$verb"
            case /
                $program help 2>/dev/null | __esboot_rows commands
            case keystore/apply keystore/diff keystore/add-file
                __fish_complete_path $current
            case certs/export
                printf '%s\n' ca chain key
            case '*/'
                $program $command --help 2>/dev/null | __esboot_rows commands
        end
        return
    end
    set -q command[1]; or set command start
    set -l help ($program $command $verb --help 2>/dev/null)
    if string match -qr 'options of start' -- $help
        set -a help ($program start --help 2>/dev/null)
    end
    printf '%s\n' $help | __esboot_rows options
end

complete -c esboot -f -a '(__esboot_complete)'
