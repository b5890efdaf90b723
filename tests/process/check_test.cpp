#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/support/file_content.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::StandInNode;

void append_yml(StandInNode& node, const std::string& line) {
  node.put(node.config() / "elasticsearch.yml", "# settings\n" + line + "\n");
}

void reset_yml(StandInNode& node) {
  append_yml(node, "");
}

/// A cause that makes one check fail, a part of the hint, and what the hint says to do.
struct Cause {
  std::string check;
  void (*make)(StandInNode& node);
  std::string hint;
  void (*follow_hint)(StandInNode& node);
};

const std::vector<Cause>& causes() {
  static const std::vector<Cause> all{
      {"data-directory",
       [](StandInNode& node) {
         fs::create_directories(node.home() / "data");
         node.put(node.home() / "data/.hidden", "x");
       },
       "empty data directory", [](StandInNode& node) { fs::remove(node.home() / "data/.hidden"); }},
      {"settings-file", [](StandInNode& node) { fs::remove(node.config() / "elasticsearch.yml"); },
       "create it", reset_yml},
      {"settings-file",
       [](StandInNode& node) {
         fs::rename(node.config() / "elasticsearch.yml", node.config() / "real.yml");
         fs::create_symlink("real.yml", node.config() / "elasticsearch.yml");
       },
       "regular file",
       [](StandInNode& node) {
         fs::rename(node.config() / "real.yml", node.config() / "elasticsearch.yml");
       }},
      {"switched-on",
       [](StandInNode& node) {
         append_yml(node, "xpack.security.autoconfiguration.enabled: false");
       },
       "remove that setting", reset_yml},
      {"initial-node", [](StandInNode& node) { append_yml(node, "discovery.type: multi-node"); },
       "single-node", [](StandInNode& node) { append_yml(node, "discovery.type: single-node"); }},
      {"initial-node", [](StandInNode& node) { append_yml(node, "discovery.seed_hosts: [other]"); },
       "remove that setting",
       [](StandInNode& node) { append_yml(node, "discovery.seed_hosts: []"); }},
      {"initial-node",
       [](StandInNode& node) { append_yml(node, "cluster.initial_master_nodes: [standin, b]"); },
       "remove that setting",
       [](StandInNode& node) { append_yml(node, "cluster.initial_master_nodes: [standin]"); }},
      {"master-role", [](StandInNode& node) { append_yml(node, "node.roles: [data]"); },
       "add the role master",
       [](StandInNode& node) { append_yml(node, "node.roles: [data, master]"); }},
      {"data-role", [](StandInNode& node) { append_yml(node, "node.roles: [master]"); },
       "add the role data",
       [](StandInNode& node) { append_yml(node, "node.roles: [data_hot, data_content, master]"); }},
      {"config-writable", [](StandInNode& node) { chmod(node.config().c_str(), 0550); },
       "make it writable", [](StandInNode& node) { chmod(node.config().c_str(), 0750); }},
      {"credentials-file",
       [](StandInNode& node) { node.put(node.config() / "initial_elastic_password", "mine"); },
       "move it away",
       [](StandInNode& node) { fs::remove(node.config() / "initial_elastic_password"); }},
  };
  return all;
}

}  // namespace

TEST_CASE("each check names its cause and a hint that, followed, lets the next start configure") {
  for (const Cause& cause : causes()) {
    CAPTURE(cause.check);
    StandInNode node;
    cause.make(node);
    const auto before = node.snapshot();
    const auto checked = node.start({"check", "--json"});
    CAPTURE(checked.out);
    CHECK(checked.exit_code == 4);
    CHECK(node.snapshot() == before);
    bool found = false;
    const auto report = boost::json::parse(checked.out);
    CHECK(report.at("verdict") == "would skip");
    for (const auto& row : report.at("checks").as_array()) {
      if (row.at("name").as_string() != cause.check) continue;
      found = true;
      CHECK(row.at("status") == "skip");
      CHECK(contains(row.at("hint").as_string().c_str(), cause.hint));
    }
    CHECK(found);

    const auto skipped = node.start();
    CHECK(skipped.exit_code == 0);
    CHECK(contains(skipped.err, "security is not configured automatically: "));
    CHECK(contains(skipped.err, cause.hint));
    if (cause.check == "config-writable") {
      CHECK(contains(skipped.err, node.config().string()));
      CHECK(contains(skipped.err, "owner "));
      CHECK(contains(skipped.err, "mode 0550"));
    }
    CHECK_FALSE(fs::exists(node.config() / "certs"));

    cause.follow_hint(node);
    node.forget_record();
    const auto again = node.start();
    CAPTURE(again.err);
    CHECK(again.exit_code == 0);
    CHECK(fs::exists(node.config() / "certs/http.p12"));
    CHECK(node.start({"check"}).exit_code == 3);
  }
}

TEST_CASE("check tells what a start would do by its exit code, and changes nothing") {
  StandInNode node;
  const auto before = node.snapshot();
  const auto fresh = node.start({"check"});
  CHECK(fresh.exit_code == 0);
  CHECK(contains(fresh.out, "paths that must be writable:"));
  CHECK(contains(fresh.out, "would configure"));
  CHECK(node.start({"check", "-Exk=1"}).exit_code == 0);
  CHECK(node.start({"check", "-Expack.security.enabled=false"}).exit_code == 3);
  CHECK(node.snapshot() == before);
  append_yml(node, "a: [");
  const auto broken = node.start({"check", "--json"});
  CHECK(broken.exit_code == 5);
  CHECK(boost::json::parse(broken.out).at("exit_code") == 70);
  CHECK(node.start({"check", "--nonsense"}).exit_code == 64);
}

TEST_CASE("configure does it once, as root for the owner of the directory") {
  StandInNode node;
  test_support::BackgroundProcess::Request request;
  request.argv = {(node.home() / "bin/esboot").string(), "configure"};
  request.environment = node.environment;
  request.out_file = node.log("out");
  request.err_file = node.log("err");
  test_support::BackgroundProcess first(request);
  REQUIRE(first.wait(std::chrono::seconds(60)) == 0);
  CHECK_FALSE(node.record().complete);
  for (const auto& entry : fs::recursive_directory_iterator(node.config())) {
    struct stat status{};
    REQUIRE(lstat(entry.path().c_str(), &status) == 0);
    CAPTURE(entry.path().string());
    CHECK(status.st_uid == test_support::test_uid());
  }
  const auto before = node.snapshot();
  CHECK(node.start({"configure"}).exit_code == 3);
  CHECK(node.snapshot() == before);
  CHECK(node.start().exit_code == 0);
  CHECK(node.snapshot() == before);
}

TEST_CASE("a configuration directory that cannot be written starts with a seed in memory") {
  StandInNode node;
  chmod(node.config().c_str(), 0550);
  const auto result = node.start();
  chmod(node.config().c_str(), 0750);
  CHECK(result.exit_code == 0);
  CHECK(node.record().stdin_bytes.find("keystore.seed") != std::string::npos);
  CHECK_FALSE(fs::exists(node.config() / "elasticsearch.keystore"));
  StandInNode old("8.3.3");
  chmod(old.config().c_str(), 0550);
  // Its keystore is the server's own business, so it is the server that finds out.
  CHECK(old.start().exit_code == 0);
  CHECK(old.record().complete);
  chmod(old.config().c_str(), 0750);
}

TEST_CASE("a dry run shows what a start would write and execute, and changes nothing") {
  StandInNode node;
  const auto before = node.snapshot();
  const auto fresh = node.start({"--dry-run"});
  CHECK(fresh.exit_code == 0);
  CHECK(contains(fresh.out, "create   " + (node.config() / "certs/http.p12").string()));
  CHECK(contains(fresh.out, "+xpack.security.enabled: true\n"));
  CHECK(contains(fresh.out, (node.jdk() / "bin/java").string() + " \\\n"));
  CHECK_FALSE(node.record().complete);
  CHECK(node.snapshot() == before);
  CHECK_FALSE(fs::exists(node.home() / "logs"));

  node.put(node.config() / "elasticsearch.yml", "xpack.security.enabled: false\n");
  const auto skipped = node.start({"start", "--dry-run", "-E", "node.name=x"});
  CHECK(skipped.exit_code == 3);
  CHECK(contains(skipped.out, "# does not configure security: "));
  CHECK(node.start({"--dry-run", "surplus"}).exit_code == 64);
}

TEST_CASE("--explain says what time each phase of a start took") {
  StandInNode node;
  const std::string number = " [0-9]+\\.[0-9] ms";
  const auto first = node.start({"--explain", "--key-type=p256"});
  CHECK_MESSAGE(std::regex_search(first.err, std::regex("time: installation" + number +
                                                        ", settings, keystore and checks" + number +
                                                        ", JVM command" + number +
                                                        ", certificates and security settings" +
                                                        number + ", plugins" + number + "\n")),
                first.err);
  // The key derivation is there, whatever the machine does.
  std::smatch said;
  const auto again = node.start({"--explain"});
  REQUIRE_MESSAGE(std::regex_search(again.err, said,
                                    std::regex("time: installation ([0-9.]+) ms, settings, "
                                               "keystore and checks ([0-9.]+) ms, .*upkeep")),
                  again.err);
  CHECK(std::stod(said[2]) > std::stod(said[1]));
}

TEST_CASE("--explain says of what memory, and for which roles, the heap of the JVM is") {
  const auto heap_of = [](const StandInNode& node) {
    for (const std::string& argument : node.record().argv)
      if (argument.starts_with("-Xmx")) return argument;
    return std::string("no -Xmx");
  };
  StandInNode node;
  CHECK_FALSE(contains(node.start().err, "heap: "));
  node.forget_record();
  const auto measured = node.start({"--explain"});
  std::smatch said;
  REQUIRE_MESSAGE(std::regex_search(measured.err, said,
                                    std::regex("heap: ([0-9]+) MiB of ([0-9]+) MiB of memory "
                                               "\\((/[^)]+)\\), for a node that can hold data\n")),
                  measured.err);
  CHECK(fs::exists(said[3].str()));
  CHECK(heap_of(node) == "-Xmx" + said[1].str() + "m");

  node.forget_record();
  node.environment["ES_JAVA_OPTS"] = "-Des.total_memory_bytes=1073741824";
  const auto stated = node.start({"--explain", "-Enode.roles=master"});
  CHECK(contains(stated.err, "heap: 614 MiB of 1024 MiB of memory ("));
  CHECK(contains(stated.err, "), for a node that is master only\n"));
  CHECK(heap_of(node) == "-Xmx614m");
}

TEST_CASE("variables of Java that have no effect are named, and not handed on") {
  StandInNode node;
  node.environment["JAVA_OPTS"] = "-Xmx77m";
  node.environment["JAVA_TOOL_OPTIONS"] = "-Dcanary=1";
  const auto result = node.start();
  CHECK(result.exit_code == 0);
  for (const char* const variable : {"JAVA_OPTS=-Xmx77m", "JAVA_TOOL_OPTIONS=-Dcanary=1"})
    CHECK(contains(result.out, std::string(variable) + " has no effect"));
  CHECK_FALSE(node.record().environment.contains("JAVA_TOOL_OPTIONS"));
  for (const std::string& argument : node.record().argv) {
    CHECK(argument != "-Xmx77m");
    CHECK(argument != "-Dcanary=1");
  }
}
