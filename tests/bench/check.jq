# Compares a run with the one committed (--slurpfile before): how many times faster than stock each row was and is. Prints
# the rows that lost more than a fifth; the exit code of `jq -e` tells whether there is none.
($before[0].rows | map({(.name): (.stock.wall / .esboot.wall)}) | add) as $was
| [.rows[] | {name, was: $was[.name], is: (.stock.wall / .esboot.wall)} | select(.was != null and .is < .was * 0.8)]
| if length == 0 then true else (.[] | "\(.name): \(.was * 10 | round / 10) times faster before, \(.is * 10 | round / 10) now" | stderr), false end
