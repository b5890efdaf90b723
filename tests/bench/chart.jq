# A bar chart of bench.json: for each work the seconds of the stock launcher and of esboot, on a logarithmic scale from
# one millisecond to a hundred seconds.
def px: ([., 0.001] | max | log10 + 3) * 90;
def escaped: tostring | gsub("&"; "&amp;") | gsub("<"; "&lt;");
def bar(at; seconds; colour): "<rect x=\"290\" y=\"\(at)\" width=\"\(seconds | px | floor)\" height=\"11\" fill=\"\(colour)\"/><text x=\"\(295 + (seconds | px | floor))\" y=\"\(at + 10)\">\((seconds * 1000 | round) / 1000) s</text>";

(.rows | map(select(.name | test("100 entries") | not))) as $rows
| "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"\($rows | length * 32 + 60)\" font-family=\"sans-serif\" font-size=\"11\">",
  "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
  "<text x=\"10\" y=\"18\" font-size=\"13\">Seconds, stock launcher (grey) and esboot (green), logarithmic; \(.date[0:10]), \(.cores) cores, \(.cpu | escaped)</text>",
  ($rows | to_entries[] | (.key * 32 + 34) as $at
    | "<text x=\"280\" y=\"\($at + 15)\" text-anchor=\"end\">\(.value.name | escaped)</text>" + bar($at; .value.stock.wall; "#9a9a9a") + bar($at + 13; .value.esboot.wall; "#2f8f5b")),
  "</svg>"
