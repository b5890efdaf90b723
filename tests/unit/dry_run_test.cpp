#include "launcher/dry_run.h"

#include <doctest/doctest.h>

#include "tests/support/temp_dir.h"

TEST_CASE(
    "a dry run shows the lines of elsewhere nowhere, and those of elasticsearch.yml as a diff") {
  const test_support::TempDir config;
  base::ChangeSet changes;
  changes.directory = config.path();
  changes.directories.push_back({"certs", 0750, {}, "old"});
  changes.directories.front().files.push_back(
      {"http.p12", base::Secret::copy_of("secret bytes"), 0660, false});
  changes.files.push_back(
      {"elasticsearch.yml", base::Secret::copy_of("a: 1\n#b: 2\nc: 3\nd: 4\n"), 0660, false});
  const std::string place = config.path().string();
  CHECK(launcher::describe_changes(changes, "a: 1\nb: 2\nc: 3\n") ==
        "create   " + place + "/certs/http.p12  mode 0660\ncreate   " + place +
            "/elasticsearch.yml  mode 0660\n@@ line 2 @@\n-b: 2\n-c: 3\n+#b: 2\n+c: 3\n+d: 4\n");
}

TEST_CASE("a dry run shows the command as a shell would take it") {
  launcher::JvmCommand command;
  command.program = "/jdk/bin/java";
  command.working_directory = "/es/logs of mine";
  command.arguments = {"-Xms1g", "-Dname=it's", "-Djava.io.tmpdir=/tmp/x1"};
  CHECK(launcher::describe_command(command, "/tmp/x1") ==
        "cd '/es/logs of mine' && exec /jdk/bin/java \\\n  -Xms1g \\\n  '-Dname=it'\\''s' \\\n"
        "  '-Djava.io.tmpdir=${ES_TMPDIR}'\n");
}
