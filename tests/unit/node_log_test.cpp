#include "launcher/node_log.h"

#include <doctest/doctest.h>

#include <string>

TEST_CASE("the last fatal lines of a log are those with a reason, without frames of any depth") {
  const std::string log =
      "[2026-11-24T19:23:30,000][INFO ][o.e.n.Node               ] [one] starting ...\n"
      "[2026-11-24T19:23:31,392][ERROR][o.e.b.Elasticsearch      ] [one] fatal exception\n"
      "java.lang.IllegalArgumentException: unknown setting [a]\n"
      "\tat org.elasticsearch.Settings.validate(Settings.java:1)\n"
      "\tSuppressed: java.lang.IllegalArgumentException: unknown setting [b]\n"
      "\t\tat org.elasticsearch.Settings.validate(Settings.java:1)\n"
      "\t\t... 12 more\n"
      "[2026-11-24T19:23:32,000][INFO ][o.e.n.Node               ] [one] closed\n";
  CHECK(launcher::fatal_lines(log, 12) ==
        "[2026-11-24T19:23:31,392][ERROR][o.e.b.Elasticsearch      ] [one] fatal exception\n"
        "java.lang.IllegalArgumentException: unknown setting [a]\n"
        "\tSuppressed: java.lang.IllegalArgumentException: unknown setting [b]\n");
  CHECK(launcher::fatal_lines(log, 1) ==
        "\tSuppressed: java.lang.IllegalArgumentException: unknown setting [b]\n");
}
