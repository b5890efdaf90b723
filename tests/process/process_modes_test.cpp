#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/report.h"

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test_support::BackgroundProcess;
using test_support::ConfiguredNode;
using test_support::contains;
using test_support::content;
using test_support::eventually;
using test_support::StandInNode;

constexpr seconds kLimit{120};

struct Mode {
  std::string name;
  std::vector<std::string> arguments;
  bool executes;  ///< the caller's process becomes the JVM
};
const std::vector<Mode> kModes{
    {"exec", {}, true}, {"--init", {"--init"}, false}, {"--daemonize", {"-d"}, false}};

/// What the caller of a mode sees where the JVM, or esboot before it, ends by a signal.
void check_ended_by(int signal, const Mode& mode, std::optional<int> status) {
  REQUIRE(status.has_value());
  if (mode.executes) {
    CHECK(WIFSIGNALED(*status));
    CHECK(WTERMSIG(*status) == signal);
  } else {
    CHECK(WIFEXITED(*status));
    CHECK(WEXITSTATUS(*status) == 128 + signal);
  }
}

bool is_running(pid_t pid) {
  return pid > 0 && kill(pid, 0) == 0 &&
         !contains(content("/proc/" + std::to_string(pid) + "/stat"), ") Z ");
}

/// Whether the process has become that program, and waits for something.
bool waits_as(pid_t pid, const fs::path& executable) {
  const fs::path process = "/proc/" + std::to_string(pid);
  std::error_code gone;
  return fs::read_symlink(process / "exe", gone) == executable &&
         contains(content(process / "stat"), ") S ");
}

/// The one process with this name whose parent, or who itself, is `near`; 0: none.
pid_t process_named(const std::string& name, const fs::path& executable) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator("/proc", gone)) {
    if (content(entry.path() / "comm") != name + "\n") continue;
    if (fs::read_symlink(entry.path() / "exe", gone) == executable)
      return std::atoi(entry.path().filename().c_str());
  }
  return 0;
}

/// How often something was tried, in the test's output and in the report.
void report_count(const std::string& what, int count) {
  MESSAGE(what, ": ", count);
  static test_support::Report report(
      "ESBOOT_HOMES_REPORT", "Process modes", "Written by `./dev test --full`,",
      "A stand-in JVM under the shipped program, started by exec, with `--init` and with `-d`.\n\n"
      "| what | tried |\n|---|---|");
  report.line("| " + what + " | " + std::to_string(count) + " |");
}

}  // namespace

TEST_CASE("every exit code of a node arrives unchanged in every mode") {
  ConfiguredNode node;
  std::vector<int> codes{0, 1, 2, 3, 64, 78, 126, 127, 128, 143, 254, 255};
  if (test_support::is_full_run())
    for (codes.clear(); codes.size() < 256;) codes.push_back(static_cast<int>(codes.size()));
  int tried = 0;
  for (const Mode& mode : kModes) {
    for (const int code : codes) {
      CAPTURE(mode.name);
      CAPTURE(code);
      node.script("quick\nexit " + std::to_string(code));
      const auto status = node.launch(mode.arguments)->wait(kLimit);
      REQUIRE(status.has_value());
      CHECK(WIFEXITED(*status));
      CHECK(WEXITSTATUS(*status) == code);
      ++tried;
    }
  }
  report_count("exit codes, times modes", tried);
}

TEST_CASE("a signal that ends the JVM is the wait status in exec mode, 128+n in the others") {
  ConfiguredNode node;
  std::vector<int> signals{SIGTERM, SIGKILL, SIGABRT, SIGSEGV};
  if (test_support::is_full_run())
    signals = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 24, 25, 30, 31};
  int tried = 0;
  for (const Mode& mode : kModes) {
    for (const int signal : signals) {
      CAPTURE(mode.name);
      CAPTURE(signal);
      node.script("quick\nsignal " + std::to_string(signal));
      check_ended_by(signal, mode, node.launch(mode.arguments)->wait(kLimit));
      ++tried;
    }
  }
  report_count("signals that end the JVM, times modes", tried);
}

TEST_CASE("a signal ends a start in whatever phase it is, and leaves no process behind") {
  int tried = 0;
  for (const Mode& mode : kModes) {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
      CAPTURE(mode.name);
      CAPTURE(signal);
      {  // before the checks: esboot waits for a password that nobody writes
        StandInNode node;
        const auto before = node.snapshot();
        const fs::path fifo = node.log("fifo");
        REQUIRE(mkfifo(fifo.c_str(), 0666) == 0);
        std::vector<std::string> arguments = mode.arguments;
        arguments.insert(arguments.end(), {"--password-fd", "9"});
        const auto start = node.launch(arguments, [&] { dup2(open(fifo.c_str(), O_RDWR), 9); });
        REQUIRE(eventually([&] { return waits_as(start->pid(), node.home() / "bin/esboot"); }));
        std::this_thread::sleep_for(milliseconds(150));
        start->signal(signal);
        check_ended_by(signal, mode, start->wait(kLimit));
        CHECK_FALSE(node.record().complete);
        CHECK(node.snapshot() == before);
      }
      {  // between spawn and ready
        ConfiguredNode node;
        node.script("quick\nsleep 60000");
        const auto start = node.launch(mode.arguments);
        REQUIRE(eventually([&] { return node.record().complete; }));
        start->signal(signal);
        check_ended_by(signal, mode, start->wait(kLimit));
        const pid_t jvm = node.record().pid;
        CHECK(eventually([&] { return !is_running(jvm); }));
      }
      tried += 2;
    }
  }
  report_count("signals before the checks and before ready, times modes", tried);
}

TEST_CASE("a signal during key generation leaves the directory as it was, or configured whole") {
  int configured = 0;
  int untouched = 0;
  const int count = test_support::is_full_run() ? 60 : 12;
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(StandInNode().start().exit_code == 0);
  const auto undisturbed = std::chrono::steady_clock::now() - begin;
  for (int i = 0; i < count; ++i) {
    const Mode& mode = kModes[static_cast<std::size_t>(i) % kModes.size()];
    CAPTURE(mode.name);
    StandInNode node;
    const auto before = node.snapshot();
    node.script("quick\nsleep 60000");
    std::vector<std::string> arguments = mode.arguments;
    arguments.insert(arguments.end(), {"--credentials-file", node.log("credentials")});
    const auto start = node.launch(arguments);
    std::this_thread::sleep_for(undisturbed * (i + 1) / count);
    start->signal(SIGTERM);
    check_ended_by(SIGTERM, mode, start->wait(kLimit));
    if (node.snapshot() == before) {
      CHECK_FALSE(fs::exists(node.log("credentials")));
      ++untouched;
      continue;
    }
    ++configured;
    for (const char* const name :
         {"certs/http.p12", "certs/transport.p12", "certs/http_ca.crt", "elasticsearch.keystore"})
      CHECK(fs::exists(node.config() / name));
    CHECK(contains(content(node.config() / "elasticsearch.yml"), "END SECURITY AUTO"));
    CHECK(fs::exists(node.log("credentials")));
    CHECK_FALSE(fs::exists(node.config() / ".esboot-journal"));
  }
  report_count("signals during key generation that left the directory untouched", untouched);
  report_count("and that came after the commit", configured);
  CHECK(untouched > 0);
}

TEST_CASE("during shutdown repeated signals change nothing: the node ends in its own time") {
  ConfiguredNode node;
  node.script("quick\nonterm 400 143\nready\nsleep 60000");
  for (const Mode& mode : kModes) {
    if (!mode.executes && mode.name != "--init") continue;
    CAPTURE(mode.name);
    node.forget_record();
    fs::remove(node.log("err"));
    const auto start = node.launch(mode.arguments);
    REQUIRE(eventually([&] { return node.record().complete; }));
    std::this_thread::sleep_for(milliseconds(100));
    for (int i = 0; i < 3; ++i) {
      start->signal(SIGTERM);
      std::this_thread::sleep_for(milliseconds(60));
    }
    const auto status = start->wait(kLimit);
    REQUIRE(status.has_value());
    CHECK(WIFEXITED(*status));
    CHECK(WEXITSTATUS(*status) == 143);
    CHECK_FALSE(contains(content(node.log("err")), "error:"));
  }
}

TEST_CASE("the init passes signals on, but not those that container engines send for themselves") {
  ConfiguredNode node;
  node.script("quick\nonterm 10 42\nready\nsleep 60000");
  const auto start = node.launch({"--init"});
  REQUIRE(eventually([&] { return node.record().complete; }));
  CHECK(node.record().pid != start->pid());
  std::this_thread::sleep_for(milliseconds(100));
  for (const int ignored : {SIGURG, SIGWINCH, SIGPIPE, SIGCHLD}) start->signal(ignored);
  CHECK_FALSE(start->wait(milliseconds(200)).has_value());
  kill(node.record().pid, SIGTERM);
  CHECK(WEXITSTATUS(start->wait(kLimit).value_or(0)) == 42);

  node.script("quick\nready\nsleep 60000");
  node.forget_record();
  const auto second = node.launch({"--init"});
  REQUIRE(eventually([&] { return node.record().complete; }));
  second->signal(SIGUSR1);  // which ends a program that knows nothing of it
  CHECK(WEXITSTATUS(second->wait(kLimit).value_or(0)) == 128 + SIGUSR1);
}

TEST_CASE("the init reaps orphans of the node") {
  ConfiguredNode node;
  node.script("quick\nready\norphan\norphan\nsleep 500\nexit 3");
  const auto start = node.launch({"--init"});
  REQUIRE(eventually([&] { return node.record().complete; }));
  std::this_thread::sleep_for(milliseconds(250));
  const std::string pid = std::to_string(start->pid());
  const std::string children = content("/proc/" + pid + "/task/" + pid + "/children");
  CHECK(children == std::to_string(node.record().pid) + " ");
  CHECK(WEXITSTATUS(start->wait(kLimit).value_or(0)) == 3);
}

TEST_CASE("as PID 1 of a namespace esboot is the init without being told") {
  if (geteuid() != 0)
    return test_support::report_skip("esboot as PID 1", "only root can make a PID namespace");
  ConfiguredNode node;
  const auto in_namespace = [&](const std::string& script) {
    node.script(script);
    node.forget_record();
    BackgroundProcess::Request request;
    request.argv = {"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"};
    const auto command = node.command({});
    request.argv.insert(request.argv.end(), command.begin(), command.end());
    request.environment = node.environment;
    request.err_file = node.log("err");
    return std::make_unique<BackgroundProcess>(request);
  };
  const auto own_end = in_namespace("quick\nready\norphan\nsleep 200\nexit 77");
  CHECK(WEXITSTATUS(own_end->wait(kLimit).value_or(0)) == 77);
  CHECK(node.record().pid > 1);

  const auto stopped = in_namespace("quick\nonterm 100 143\nready\nsleep 60000");
  REQUIRE(eventually([&] { return node.record().complete; }));
  std::this_thread::sleep_for(milliseconds(100));
  const std::string pid = std::to_string(stopped->pid());
  const pid_t init = std::atoi(content("/proc/" + pid + "/task/" + pid + "/children").c_str());
  REQUIRE(init > 0);
  kill(init, SIGURG);
  kill(init, SIGTERM);
  CHECK(WEXITSTATUS(stopped->wait(kLimit).value_or(0)) == 143);
}

TEST_CASE("a node lives on without its relay, and without its init") {
  for (const std::string& name : {std::string("esboot-relay"), std::string("esboot-init")}) {
    CAPTURE(name);
    ConfiguredNode node;
    node.script("quick\nready\nsleep 600\nerr late\nlog alive\nexit 0");
    const auto start = node.launch(name == "esboot-init" ? std::vector<std::string>{"--init"}
                                                         : std::vector<std::string>{});
    REQUIRE(eventually([&] { return node.record().complete; }));
    const pid_t beside = process_named(name, node.home() / "bin/esboot");
    REQUIRE(beside > 0);
    kill(beside, SIGKILL);
    CHECK(eventually([&] { return content(node.home() / "logs/elasticsearch.log") == "alive\n"; }));
  }
}

TEST_CASE("a node that fails to start is explained with the last errors of its log") {
  ConfiguredNode node;
  const std::string log = (node.home() / "logs/elasticsearch.log").string();
  node.script(
      "quick\nlog [2026-11-24T10:57:51,169][INFO ][o.e.p.PluginsService] [vm] loaded module [apm]\n"
      "log [2026-11-24T10:57:56,753][ERROR][o.e.b.Elasticsearch] [vm] fatal exception while "
      "booting\n"
      "log java.lang.IllegalArgumentException: unknown setting [no.such]\n"
      "log \tat org.elasticsearch.Something\n"
      "log Caused by: java.nio.file.NoSuchFileException: /proc/x\nlog \t... 4 more\nexit 78");
  const std::string lines =
      "[2026-11-24T10:57:56,753][ERROR][o.e.b.Elasticsearch] [vm] fatal exception while booting\n"
      "java.lang.IllegalArgumentException: unknown setting [no.such]\n"
      "Caused by: java.nio.file.NoSuchFileException: /proc/x\n";
  const auto exec = node.start();
  CHECK(exec.exit_code == 78);
  CHECK(exec.err == "error: Elasticsearch ended before it was ready\nthe last errors in its log " +
                        log + ":\n" + lines);
  for (const char* const mode : {"--init", "-d"}) {
    const auto result = node.start({mode});
    CHECK(result.exit_code == 78);
    CHECK(contains(result.err, "before it was ready with exit code 78: a bootstrap check failed"));
    CHECK(result.err.ends_with(lines));
  }
  node.script("quick\nlog [2026-11-24T10:58:00,000][INFO ][o.e.n.Node] [vm] stopped\nexit 1");
  const auto without_reason = node.start({"--init"});
  CHECK(contains(without_reason.err, "with exit code 1"));
  CHECK(contains(without_reason.err, "hint: its log is " + log));
  CHECK_FALSE(contains(without_reason.err, "unknown setting"));  // of an earlier start
}

TEST_CASE("a caller of --daemonize gets the credentials before the node is ready") {
  StandInNode node;
  node.script("sleep 300\nready\nclose\nsleep 300");
  const auto result = node.start_on_terminal({"-d"});
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "curl --cacert"));
}

namespace {

struct Stream {
  std::string kind;
  int (*open_it)(int target);
};

int socket_end() {
  int ends[2];
  return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 ? ends[0] : -1;
}

/// A pipe whose other end is closed: readers see its end, writers EPIPE.
int broken_pipe_end(int target) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  close(ends[target == STDIN_FILENO ? 1 : 0]);
  return ends[target == STDIN_FILENO ? 0 : 1];
}

int terminal_end() {
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return -1;
  return open(ptsname(master), O_RDWR | O_NOCTTY);
}

const std::vector<Stream> kStreams{
    {"terminal", [](int) { return terminal_end(); }},
    {"broken pipe", broken_pipe_end},
    {"file", [](int) { return open("/dev/null", O_RDWR); }},
    {"socket", [](int) { return socket_end(); }},
    {"closed", [](int) { return -1; }},
    {"full",
     [](int target) { return open(target == STDIN_FILENO ? "/dev/zero" : "/dev/full", O_RDWR); }}};

}  // namespace

TEST_CASE("the exit code arrives whatever stdin, stdout and stderr are") {
  ConfiguredNode node;
  node.script("quick\nout text\nerr text\nready\nexit 7");
  int tried = 0;
  for (const Mode& mode : kModes) {
    for (const int target : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      for (const Stream& stream : kStreams) {
        CAPTURE(mode.name);
        CAPTURE(target);
        CAPTURE(stream.kind);
        node.forget_record();
        const auto start = node.launch(mode.arguments, [&] {
          const int fd = stream.open_it(target);
          if (fd < 0) {
            close(target);
          } else if (fd != target) {
            dup2(fd, target);
            close(fd);
          }
        });
        const auto status = start->wait(kLimit);
        REQUIRE(status.has_value());
        CHECK(WIFEXITED(*status));
        // A caller of --daemonize that is told of a ready node does not wait for what comes after.
        const int code = WEXITSTATUS(*status);
        CHECK((mode.name == "--daemonize" ? code == 7 || code == 0 : code == 7));
        ++tried;
      }
    }
  }
  report_count("streams (terminal, pipe, file, socket, closed, full), times modes", tried);
}
