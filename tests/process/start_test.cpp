#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include "base/text.h"
#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/process_memory.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/server_args_decoder.h"
#include "tests/support/stored_secrets.h"

namespace {

namespace fs = std::filesystem;
using test_support::ConfiguredNode;
using test_support::contains;
using test_support::content;
using test_support::hash_matches;
using test_support::keystore_entries;
using test_support::mode_of;
using test_support::relay_of;
using test_support::search_memory;
using test_support::StandInNode;

}  // namespace

TEST_CASE("a first start configures security and hands everything to the JVM") {
  StandInNode node;
  chmod((node.config() / "elasticsearch.yml").c_str(), 0640);
  const auto result = node.start();
  REQUIRE_MESSAGE(result.exit_code == 0, result.err);

  CHECK(mode_of(node.config() / "certs") == 0750);
  for (const char* const name : {"http.p12", "transport.p12", "http_ca.crt"})
    CHECK(mode_of(node.config() / "certs" / name) == 0660);
  CHECK(mode_of(node.config() / "elasticsearch.keystore") == 0660);
  CHECK(mode_of(node.config() / "elasticsearch.yml") == 0640);
  const std::string yml = content(node.config() / "elasticsearch.yml");
  CHECK(yml.starts_with("# settings\n"));
  CHECK(contains(yml, "xpack.security.enabled: true\n"));
  CHECK(contains(yml, "cluster.initial_master_nodes: [\"standin\"]\n"));
  CHECK(
      yml.ends_with("#----------------------- END SECURITY AUTO CONFIGURATION "
                    "-------------------------\n"));

  const auto password_file = node.config() / "initial_elastic_password";
  CHECK(mode_of(password_file) == 0600);
  std::string password = content(password_file);
  REQUIRE(password.ends_with('\n'));
  password.pop_back();
  CHECK(std::regex_match(password, std::regex("[A-Za-z0-9*_=+-]{20}")));
  CHECK(contains(result.err, password_file.string()));
  CHECK_FALSE(contains(result.err + result.out, password));

  const auto entries = keystore_entries(node.config() / "elasticsearch.keystore");
  const std::string hash = entries.at("autoconfiguration.password_hash");
  CHECK(hash.starts_with("$2a$10$"));
  CHECK(hash_matches(password, hash));
  CHECK_FALSE(hash_matches(password + "x", hash));

  const auto record = node.record();
  REQUIRE(record.complete);
  const auto args = test_support::decode_server_args(record.stdin_bytes);
  REQUIRE(args.has_value());
  CHECK(args->has_data_block);
  CHECK(args->secrets == entries);
  CHECK(args->settings.at("xpack.security.enabled").front() == "true");
  CHECK(args->settings.at("node.name").front() == "standin");
  CHECK(args->config_directory == node.config().string());
  CHECK(record.cwd == (node.home() / "logs").string());
  CHECK_FALSE(args->secrets.contains("cluster.state.encryption.active_password_id"));
}

TEST_CASE("the password appears on a terminal, as the last word of its line, and nowhere else") {
  StandInNode node;
  node.script("ready\nout the node's own box");
  const auto result = node.start_on_terminal();
  CHECK(result.exit_code == 0);
  std::smatch match;
  REQUIRE(
      std::regex_search(result.out, match, std::regex("password +([A-Za-z0-9*_=+-]{20})\r?\n")));
  const std::string password = match[1];
  CHECK(contains(result.out, "the node's own box"));
  CHECK(contains(result.out, "curl --cacert"));
  CHECK_FALSE(fs::exists(node.config() / "initial_elastic_password"));
  for (const auto& [path, facts] : node.snapshot()) CHECK_FALSE(contains(facts, password));
  const auto record = node.record();
  for (const std::string& argument : record.argv) CHECK_FALSE(contains(argument, password));
  for (const auto& [name, value] : record.environment) CHECK_FALSE(contains(value, password));
  CHECK_FALSE(contains(record.stdin_bytes, password));
  CHECK(std::find_if(record.fds.begin(), record.fds.end(), [](const std::string& fd) {
          return fd.starts_with("1 /dev/pts/");
        }) != record.fds.end());
}

TEST_CASE("with stdout in a file a first start skips, says why, and starts") {
  StandInNode node;
  const auto before = node.snapshot();
  node.script("ready\nexit 7");
  const auto process = node.launch({});
  CHECK(WEXITSTATUS(process->wait(std::chrono::seconds(20)).value_or(0)) == 7);
  CHECK(node.record().complete);
  CHECK(test_support::eventually([&] { return contains(content(node.log("err")), "redirected"); }));
  for (const auto& [path, facts] : before) CHECK(node.snapshot().at(path) == facts);
  CHECK_FALSE(fs::exists(node.config() / "certs"));
}

TEST_CASE("a second start of a configured node changes no byte, redirected or not") {
  ConfiguredNode node;
  const auto before = node.snapshot();
  const auto result = node.start();
  CHECK(result.exit_code == 0);
  CHECK(result.err.empty());
  CHECK(node.snapshot() == before);
  const auto process = node.launch({});
  CHECK(process->wait(std::chrono::seconds(20)) == 0);
  CHECK(content(node.log("err")).find("not configured") == std::string::npos);
  CHECK(node.snapshot() == before);
}

TEST_CASE(
    "the started process is the JVM, with the caller's mask, dispositions, umask and limits") {
  const auto as_given = [] {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR2);
    sigprocmask(SIG_BLOCK, &blocked, nullptr);
    std::signal(SIGINT, SIG_IGN);
    umask(0037);
  };
  ConfiguredNode node;
  const auto process = node.launch({}, as_given);
  REQUIRE(process->wait(std::chrono::seconds(20)) == 0);
  const auto through_esboot = node.record();
  CHECK(through_esboot.pid == process->pid());

  node.forget_record();
  test_support::BackgroundProcess::Request bare;
  bare.argv = test_support::as_test_user();
  bare.argv.push_back((node.jdk() / "bin/java").string());
  bare.before_exec = as_given;
  test_support::BackgroundProcess direct(bare);
  REQUIRE(direct.wait(std::chrono::seconds(20)) == 0);
  const auto bare_exec = node.record();

  const auto line = [](const std::string& text, const std::string& key) {
    const auto at = text.find(key);
    return text.substr(at, text.find('\n', at) - at);
  };
  for (const char* const key : {"SigBlk:", "SigIgn:", "SigCgt:", "Seccomp:", "NoNewPrivs:"})
    CHECK(line(through_esboot.status, key) == line(bare_exec.status, key));
  CHECK(through_esboot.umask == bare_exec.umask);
  CHECK(through_esboot.limits == bare_exec.limits);
  CHECK(through_esboot.fds.size() == 4);  // the standard ones and the write end of its own stdin
  CHECK(through_esboot.fds[0].substr(2) == through_esboot.fds[3].substr(2));
}

TEST_CASE("marker and known warnings never reach the user, everything else does") {
  ConfiguredNode node;
  node.script(
      "err before\n"
      "err WARNING: Using incubator modules: jdk.incubator.vector\n"
      "err WARNING: Use of the three-letter time zone ID \"EST\" is deprecated and it will be "
      "removed in a future release\n"
      "ready\nerr WARNING: something else\nerr a\\rb");
  const auto result = node.start();
  CHECK(result.err == "before\nWARNING: something else\na\nb\n");
}

TEST_CASE("an exec that fails is said, and not taken for a node that died") {
  ConfiguredNode node;
  node.put(node.jdk() / "bin/java", "#!/nowhere/interpreter\n");
  fs::permissions(node.jdk() / "bin/java", fs::perms::owner_all);
  const auto missing = node.start();
  CHECK(missing.exit_code == 127);
  CHECK(contains(missing.err, "error: cannot run"));
  CHECK_FALSE(contains(missing.err, "ended before"));
  fs::permissions(node.jdk() / "bin/java", fs::perms::owner_read);
  CHECK(node.start().exit_code == 126);
}

TEST_CASE(
    "no secret of the environment or the command line is in the relay or in what /proc shows") {
  if (geteuid() != 0)
    return test_support::report_skip("secrets in the relay's memory", "only root can look into it");
  ConfiguredNode node;
  node.script("ready\nsleep 1500");
  node.environment["ELASTIC_PASSWORD"] = "canary-password-of-elastic";
  node.environment["KEYSTORE_PASSWORD"] = "canary-password-of-keystore";
  node.environment["VISIBLE"] = "plain-value-of-a-variable";
  const auto process = node.launch({});
  pid_t relay = 0;
  REQUIRE(test_support::eventually([&] {
    relay = relay_of(process->pid());
    return relay != 0 && node.record().complete;
  }));
  CHECK_FALSE(search_memory(relay, "plain-value-of-a-variable")
                  .found.empty());  // so the search does find things
  for (const char* const secret : {"canary-password-of-elastic", "canary-password-of-keystore"}) {
    CHECK(search_memory(relay, secret).found.empty());
    for (const pid_t pid : {relay, process->pid()}) {
      CHECK_FALSE(contains(content("/proc/" + std::to_string(pid) + "/environ"), secret));
      CHECK_FALSE(contains(content("/proc/" + std::to_string(pid) + "/cmdline"), secret));
    }
  }
}

TEST_CASE("the relay is small, holds on to nothing, ignores terminal signals, and is expendable") {
  ConfiguredNode node;
  node.script("ready\nsleep 1500\nerr late\nexit 5");
  const auto process = node.launch({});
  pid_t relay = 0;
  REQUIRE(test_support::eventually([&] {
    relay = relay_of(process->pid());
    return relay != 0 && node.record().complete;
  }));
  const std::string proc = "/proc/" + std::to_string(relay);
  CHECK(std::distance(fs::directory_iterator(proc + "/fd"), {}) == 4);
  long private_kib = 0;
  std::istringstream rollup(content(proc + "/smaps_rollup"));
  for (std::string line; std::getline(rollup, line);)
    if (line.starts_with("Private_")) private_kib += std::stol(line.substr(line.find(':') + 1));
  MESSAGE("private memory of the relay in KiB: ", private_kib);
  CHECK(private_kib > 0);
  CHECK(private_kib <= 1024);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) kill(relay, signal);
  CHECK(kill(relay, 0) == 0);
  CHECK(WEXITSTATUS(process->wait(std::chrono::seconds(20)).value_or(0)) == 5);
  CHECK(test_support::eventually([&] { return content(node.log("err")) == "late\n"; }));
  CHECK(test_support::eventually([&] { return kill(relay, 0) != 0; }));
}

TEST_CASE("without a relay nothing stays and nothing is filtered") {
  ConfiguredNode node;
  const auto result = node.start({"--relay=no"});
  CHECK(result.exit_code == 0);
  CHECK(result.err == "\x18\n");
}

TEST_CASE("settings of several megabytes reach the JVM and leave no child under it") {
  ConfiguredNode node;
  std::string yml = content(node.config() / "elasticsearch.yml");
  for (int i = 0; i < 20000; ++i)
    yml += "cluster.metadata.k" + std::to_string(i) + ": \"" + std::string(150, 'x') + "\"\n";
  node.put(node.config() / "elasticsearch.yml", yml);
  node.script("ready\nsleep 300");
  const auto process = node.launch({});
  REQUIRE(test_support::eventually([&] { return node.record().complete; }));
  const std::string children = content("/proc/" + std::to_string(process->pid()) + "/task/" +
                                       std::to_string(process->pid()) + "/children");
  CHECK(children.empty());
  CHECK(process->wait(std::chrono::seconds(20)) == 0);
  const auto args = test_support::decode_server_args(node.record().stdin_bytes);
  REQUIRE(args.has_value());
  CHECK(args->settings.size() > 20000);
}

TEST_CASE("--daemonize returns when the node is ready, or with its exit code") {
  ConfiguredNode node;
  node.script("ready\nclose\nsleep 60000\nexit 9");
  const auto ready = node.launch({"-d"});
  CHECK(ready->wait(std::chrono::seconds(20)) == 0);
  const auto record = node.record();
  CHECK(record.pid != ready->pid());
  CHECK(test_support::decode_server_args(record.stdin_bytes).value().daemonize);
  CHECK(kill(record.pid, SIGKILL) == 0);  // it still ran
  node.script("err no\nexit 9");
  const auto failed = node.launch({"-d"});
  CHECK(WEXITSTATUS(failed->wait(std::chrono::seconds(20)).value_or(0)) == 9);
}

TEST_CASE("cluster state encryption is set up only where the module is") {
  StandInNode with("9.5.3");
  fs::create_directories(with.home() / "modules/x-pack-encryption");
  REQUIRE(with.start().exit_code == 0);
  const auto args = test_support::decode_server_args(with.record().stdin_bytes).value();
  CHECK(args.secrets.at("cluster.state.encryption.active_password_id") == "autoconfigured");
  CHECK(args.secrets.at("cluster.state.encryption.password.autoconfigured").size() == 22);
  StandInNode without("9.5.3");
  REQUIRE(without.start().exit_code == 0);
  CHECK_FALSE(test_support::decode_server_args(without.record().stdin_bytes)
                  .value()
                  .secrets.contains("cluster.state.encryption.active_password_id"));
}

TEST_CASE("a secret of the environment is neither in /proc nor handed on") {
  ConfiguredNode node;
  node.environment["ELASTIC_PASSWORD"] = "canary-password";
  const auto result = node.start();
  CHECK(result.exit_code == 0);
  CHECK_FALSE(node.record().environment.contains("ELASTIC_PASSWORD"));
  CHECK_FALSE(contains(result.err + result.out, "canary-password"));
}

namespace {

/// Something is wrong with the node; the start says what and changes nothing.
struct Broken {
  std::string name;
  void (*breaks)(StandInNode& node);
  int exit_code;
  const char* said;
  std::vector<std::string> arguments = {};
};

const std::vector<Broken>& broken_nodes() {
  static const std::vector<Broken> cases{
      {"yml is not YAML",
       [](StandInNode& node) {
         node.put(node.config() / "elasticsearch.yml", "a: 1\nb: [unclosed\n");
       },
       70, "line 3 column 1"},
      {"yml has a key twice",
       [](StandInNode& node) {
         node.put(node.config() / "elasticsearch.yml", "a.b: 1\na:\n  b: 2\n  b: 3\n");
       },
       70, "line 4 column 3 sets a.b a second time"},
      {"yml gives no value",
       [](StandInNode& node) { node.put(node.config() / "elasticsearch.yml", "a.b:\n"); }, 70,
       "gives no value to a.b"},
      {"yml cannot be read",
       [](StandInNode& node) { chmod((node.config() / "elasticsearch.yml").c_str(), 0); }, 70,
       "cannot read"},
      {"keystore is garbage",
       [](StandInNode& node) { node.put(node.config() / "elasticsearch.keystore", "garbage"); }, 74,
       "elasticsearch.keystore"},
      {"keystore cannot be read",
       [](StandInNode& node) {
         node.put(node.config() / "elasticsearch.keystore", "x");
         chmod((node.config() / "elasticsearch.keystore").c_str(), 0);
       },
       74, "elasticsearch.keystore"},
      {"keystore is a directory",
       [](StandInNode& node) {
         fs::create_directory(node.config() / "elasticsearch.keystore");
         test_support::give_to_test_user(node.config() / "elasticsearch.keystore");
       },
       74, "elasticsearch.keystore"},
      {"no server jar",
       [](StandInNode& node) {
         fs::remove(node.home() / "lib/elasticsearch-8.19.21.jar");
         node.environment["ES_HOME"] = node.home().string();
       },
       1, "no server jar"},
      {"no server jar and no ES_HOME",
       [](StandInNode& node) { fs::remove(node.home() / "lib/elasticsearch-8.19.21.jar"); }, 64,
       "set ES_HOME"},
      {"no JDK in ES_JAVA_HOME",
       [](StandInNode& node) { node.environment["ES_JAVA_HOME"] = "/nonexistent"; }, 1,
       "/nonexistent/bin/java"},
      {"no bundled JDK", [](StandInNode& node) { node.environment.erase("ES_JAVA_HOME"); }, 127,
       "es/jdk/bin/java"},
      {"JDK too old",
       [](StandInNode& node) { node.put(node.jdk() / "release", "JAVA_VERSION=\"11.0.2\"\n"); }, 1,
       "needs Java 17"},
      {"no jvm.options", [](StandInNode& node) { fs::remove(node.config() / "jvm.options"); }, 74,
       "jvm.options"},
      {"bad JVM options",
       [](StandInNode& node) {
         node.put(node.config() / "jvm.options", "-Xss1m\nXmx1g\n8-7:-ea\n");
       },
       78, "jvm.options line 2: Xmx1g"},
      {"no logging configuration",
       [](StandInNode& node) { fs::remove(node.config() / "log4j2.properties"); }, 78,
       "log4j2.properties"},
      {"ES_TMPDIR does not exist",
       [](StandInNode& node) { node.environment["ES_TMPDIR"] = "/nonexistent"; }, 78,
       "/nonexistent"},
      {"unknown option", [](StandInNode&) {}, 64, "nonsense", {"--nonsense"}},
      {"positional argument", [](StandInNode&) {}, 64, "'stray'", {"start", "stray"}},
      {"-E without a value", [](StandInNode&) {}, 64, "-E a.b", {"-E", "a.b"}},
      {"-q and -d", [](StandInNode&) {}, 64, "--quiet and --daemonize", {"-q", "-d"}},
      {"placeholder without a value", [](StandInNode&) {}, 70, "${nope}", {"-Enode.name=${nope}"}},
      {"unknown command", [](StandInNode&) {}, 64, "'frobnicate'", {"frobnicate"}},
  };
  return cases;
}

}  // namespace

TEST_CASE("whatever is broken gets one clear error, its exit code, and changes nothing") {
  for (const Broken& broken : broken_nodes()) {
    StandInNode node;
    broken.breaks(node);
    const auto before = node.snapshot();
    const auto result = node.start(broken.arguments);
    CAPTURE(broken.name);
    CAPTURE(result.err);
    CHECK(result.exit_code == broken.exit_code);
    CHECK(result.err.starts_with("error: "));
    CHECK(contains(result.err, broken.said));
    CHECK(contains(result.err, "\nhint: "));
    CHECK_FALSE(contains(result.err, "ended before"));
    CHECK(node.snapshot() == before);
    CHECK_FALSE(node.record().complete);
  }
}

TEST_CASE("a missing elasticsearch.yml skips and starts") {
  StandInNode node;
  fs::remove(node.config() / "elasticsearch.yml");
  const auto result = node.start();
  CHECK(result.exit_code == 0);
  CHECK(contains(result.err, "elasticsearch.yml does not exist"));
  CHECK(node.record().complete);
}

TEST_CASE("root is refused before anything is touched") {
  if (geteuid() != 0) {
    MESSAGE("not run as root, so nothing to see");
    return;
  }
  StandInNode node;
  const auto before = node.snapshot();
  test_support::BackgroundProcess::Request request;
  request.argv = {(node.home() / "bin/esboot").string()};
  request.environment = node.environment;
  request.err_file = node.log("err");
  test_support::BackgroundProcess process(request);
  CHECK(WEXITSTATUS(process.wait(std::chrono::seconds(10)).value_or(0)) == 1);
  CHECK(contains(content(node.log("err")), "as root"));
  CHECK(node.snapshot() == before);
  CHECK_FALSE(node.record().complete);
}
