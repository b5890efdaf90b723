# The tables of docs/reports/bench.md, from bench.json.
def r: (. * 1000 | round) / 1000;
def x: (. * 10 | round) / 10;
def y: (. * 100 | round) / 100;
def median: sort | .[length / 2 | floor];
def timed: "\(.wall | r)" + (if .codes == [0] then "" else ", ends with \(.codes | join(" or "))" end);
def spread: "\(median | x) (\(min | x)–\(max | x))";

"esboot \(.commit[0:7]), \(.date[0:10]), \(.cores) cores, \(.cpu), load \(.load_at_end) at the end",
"",
"| work | stock, s (spread) | esboot, s (spread) | stock / esboot | CPU, stock / esboot | floor, s | esboot / floor |",
"|---|---|---|---|---|---|---|",
(.rows[] | "| \(.name) | \(.stock.wall | r) (\(.stock.low | r)–\(.stock.high | r)) | \(.esboot.wall | r) (\(.esboot.low | r)–\(.esboot.high | r)) | \(.stock.wall / .esboot.wall | x) | \(.stock.cpu / .esboot.cpu | x) | " +
  (if .floor then "\(.floor | r) | \(.esboot.wall / .floor | y) |" else "– | – |" end)),
"",
"| on a restart of \(.counts.version) | stock | esboot |",
"|---|---|---|",
"| largest process before the node, MiB | \(.counts.stock.peak_kib / 1024 | floor) | \(.counts.esboot.peak_kib / 1024 | floor) |",
"| system calls, the stand-in's included | \(.counts.stock.calls) | \(.counts.esboot.calls) |",
"| files opened | \(.counts.stock.files) | \(.counts.esboot.files) |",
"| processes and threads created | \(.counts.stock.forks) | \(.counts.esboot.forks) |",
"",
"How a restart of \(.counts.version) to the exec grows (medians of 3):",
"",
"| what | number | stock, s | esboot, s | stock / esboot |",
"|---|---|---|---|---|",
(.growth[] | "| \(.name) | \(.stock | timed) | \(.esboot | timed) | " +
  (if .stock.codes == [0] and .esboot.codes == [0] then "\(.stock.wall / .esboot.wall | x) |" else "– |" end)),
"",
"Real nodes with a heap of 512 MiB, seconds from the command (medians of 3, with the spread); by hand: the same server",
"command with its input from a file. Private memory: of what stays beside the server, \(.settle_s) s after the first 200.",
"",
"| version | by | node started | first 200 with a password | private memory beside it, KiB |",
"|---|---|---|---|---|",
(.nodes | group_by(.version, .side)[] | "| \(.[0].version) | \(.[0].side | if . == "hand" then "hand" else . end) | \(map(.ready) | spread) | \(map(.served) | spread) | \(map(.beside_kib | select(. != null)) | if length > 0 then .[0] else "–" end) |"),
"",
"What a container of that much memory gets, and whether a real node serves in it:",
"",
"| version | limit, MiB | by | -Xmx | real node |",
"|---|---|---|---|---|",
(.heaps[] | "| \(.version) | \(.limit_mib) | \(.side) | \(.heap) | \(.real_node) |")
