// What the machine can refuse or lack: each is a start that works, or one error that says what,
// with a configuration directory that is as it was or whole.
#include <doctest/doctest.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/server_args_decoder.h"

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using test_support::BackgroundProcess;
using test_support::ConfiguredNode;
using test_support::contains;
using test_support::content;
using test_support::StandInNode;

constexpr seconds kLimit{120};

struct Ended {
  int code = -1;  ///< 128+n for a signal
  std::string err;
};

Ended run_to_end(const BackgroundProcess::Request& request) {
  BackgroundProcess process(request);
  const int status = process.wait(kLimit).value_or(-1);
  return {WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
          content(request.err_file)};
}

BackgroundProcess::Request request_of(const StandInNode& node,
                                      const std::vector<std::string>& arguments) {
  BackgroundProcess::Request request;
  request.argv = node.command(arguments);
  request.environment = node.environment;
  request.err_file = node.log("err").string();
  fs::remove(request.err_file);
  return request;
}

/// Arguments of a first start whose keys take no time.
std::vector<std::string> first_start_of(const StandInNode& node) {
  return {"--key-type=p256", "--credentials-file", node.log("credentials").string()};
}

Ended run_limited(const StandInNode& node, const std::vector<std::string>& arguments,
                  __rlimit_resource resource, rlim_t limit) {
  auto request = request_of(node, arguments);
  request.before_exec = [=] {
    const rlimit both{limit, limit};
    setrlimit(resource, &both);
  };
  return run_to_end(request);
}

/// The start under strace, which lets a system call fail. nullopt: that call did not come.
std::optional<Ended> run_with_fault(const StandInNode& node,
                                    const std::vector<std::string>& arguments,
                                    const std::string& calls, const std::string& fault) {
  auto request = request_of(node, arguments);
  const fs::path trace = node.log("trace");
  const std::vector<std::string> strace{"strace", "-f",
                                        "-o",     trace.string(),
                                        "-e",     "trace=" + calls,
                                        "-e",     "inject=" + calls + ":" + fault};
  request.argv.insert(request.argv.begin(), strace.begin(), strace.end());
  const Ended ended = run_to_end(request);
  if (!contains(content(trace), "INJECTED") && !contains(content(trace), "DELAYED"))
    return std::nullopt;
  return ended;
}

bool has_strace(const std::string& test) {
  if (geteuid() == 0 && fs::exists("/usr/bin/strace")) return true;
  test_support::report_skip(test, "strace of a process that forbids it needs root");
  return false;
}

/// One line that says what, and one what to do: no abort, no trace.
void check_one_error(const Ended& ended) {
  CHECK(ended.code > 0);
  CHECK(ended.code < 128);
  const std::size_t at = ended.err.find("error: ");
  REQUIRE(at != std::string::npos);
  CHECK(ended.err.find("error: ", at + 1) == std::string::npos);
  CHECK_FALSE(contains(ended.err, "terminate called"));
}

/// What the next start finds: nothing, or all of it. True: all.
bool check_whole_or_untouched(const StandInNode& node) {
  auto next = const_cast<StandInNode&>(node).start(first_start_of(node));
  CAPTURE(next.err);
  CHECK(next.exit_code == 0);
  CHECK(contains(content(node.config() / "elasticsearch.yml"), "xpack.security.enabled: true"));
  CHECK(fs::exists(node.config() / "certs/http.p12"));
  return !contains(next.err, "security is configured");
}

/// What another process may do to a configuration directory meanwhile, one thing at a time.
void disturb(const StandInNode& node, int step) {
  std::error_code ignored;
  const fs::path yml = node.config() / "elasticsearch.yml";
  const fs::path keystore = node.config() / "elasticsearch.keystore";
  const fs::path moved = node.config() / "moved";
  const auto write = [](const fs::path& path, const std::string& text) {
    std::ofstream(path) << text;
  };
  switch (step % 8) {
    case 0:
      return write(yml, "node.name: another\n");
    case 1:
      return write(yml, "node.name: [cut");
    case 2:
      return fs::rename(yml, moved, ignored);
    case 3:
      return fs::create_symlink(node.log("victim"), yml, ignored);
    case 4:
      fs::remove(yml, ignored);
      return fs::rename(moved, yml, ignored);
    case 5:
      return fs::create_symlink(node.log("victim"), keystore, ignored);
    case 6:
      fs::remove(keystore, ignored);
      return write(keystore, "no keystore");
    default:
      fs::remove(keystore, ignored);
      return write(yml, "# settings\n");
  }
}

}  // namespace

TEST_CASE("a configuration directory that another process changes meanwhile: an end, and no harm") {
  int worked = 0;
  int refused = 0;
  int step = 0;
  const int runs = test_support::is_full_run() ? 40 : 16;
  for (int i = 0; i < runs; ++i) {
    StandInNode node;
    node.script("quick\nready");
    node.put(node.log("victim"), "as it was");
    std::jthread disturbing([&](const std::stop_token& stop) {
      setfsuid(test_support::test_uid());  // of this thread alone
      for (; !stop.stop_requested(); ++step) {
        disturb(node, step);
        std::this_thread::sleep_for(std::chrono::microseconds(200 * (i % 10)));
      }
    });
    const Ended ended = run_to_end(request_of(node, first_start_of(node)));
    disturbing.request_stop();
    disturbing.join();
    CAPTURE(ended.err);
    ++(ended.code == 0 ? worked : refused);
    if (ended.code != 0) check_one_error(ended);
    CHECK(content(node.log("victim")) == "as it was");
    // With the disturbance gone, and what it left taken away, the node is as any other. What was
    // committed, and could not be brought to its place, is by the next start.
    const bool is_committed = fs::exists(node.config() / ".esboot-journal");
    for (const char* const name : {"elasticsearch.keystore", "moved", "elasticsearch.yml"})
      fs::remove(node.config() / name);
    node.put(node.config() / "elasticsearch.yml", "# settings\n");
    if (!is_committed) {
      fs::remove_all(node.config() / "certs");
      fs::remove(node.log("credentials"));
    }
    check_whole_or_untouched(node);
  }
  MESSAGE("first starts in a directory that is being changed: ", worked, " worked, ", refused,
          " were refused");
  CHECK(refused > 0);  // else nothing was disturbed
}

TEST_CASE("with any limit of memory a start works or says that there is too little") {
  constexpr rlim_t kLeast = 8'600;
  constexpr rlim_t kEnough = 10'000;
  int worked = 0;
  int refused = 0;
  for (rlim_t kib = kLeast; kib <= kEnough; kib += test_support::is_full_run() ? 10 : 60) {
    CAPTURE(kib);
    StandInNode fresh;
    fresh.script("quick\nready");
    const Ended ended = run_limited(fresh, first_start_of(fresh), RLIMIT_AS, kib * 1024);
    CAPTURE(ended.err);
    // With less than that the kernel and the C library do not get as far as to the program.
    if (worked + refused == 0 && (ended.err.empty() || contains(ended.err, "glibc"))) continue;
    ++(ended.code == 0 ? worked : refused);
    if (ended.code != 0) check_one_error(ended);
    CHECK(check_whole_or_untouched(fresh) == (ended.code == 0));
  }
  MESSAGE("first starts with little memory: ", worked, " worked, ", refused, " were refused");
  CHECK(worked > 0);
  CHECK(refused > 0);
}

TEST_CASE("with little memory keys are searched by fewer threads") {
  StandInNode node;
  node.script("quick\nready");
  // The stack of one more thread takes 8 MiB of addresses.
  const Ended ended = run_limited(node, {"--credentials-file", node.log("credentials").string()},
                                  RLIMIT_AS, 16'000 * 1024);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK(check_whole_or_untouched(node));
}

TEST_CASE("with any limit of open files a start works or names what it could not open") {
  int worked = 0;
  int refused = 0;
  for (rlim_t files = 4; files <= 12; ++files) {
    CAPTURE(files);
    StandInNode fresh;
    fresh.script("quick\nready");
    const Ended ended = run_limited(fresh, first_start_of(fresh), RLIMIT_NOFILE, files);
    CAPTURE(ended.err);
    // setpriv and the stand-in need some as well, as everything does.
    if (contains(ended.err, "shared librar") || contains(ended.err, "setpriv")) continue;
    ++(ended.code == 0 ? worked : refused);
    if (ended.code != 0) check_one_error(ended);
    check_whole_or_untouched(fresh);
  }
  MESSAGE("first starts with few files: ", worked, " worked, ", refused, " were refused");
  CHECK(worked > 3);
  CHECK(refused > 0);
}

TEST_CASE("where no process or thread can be made, that is said, or done without") {
  if (!has_strace("faults of fork")) return;
  constexpr const char* kForks = "clone,clone3,fork,vfork";
  const std::vector<std::vector<std::string>> modes{{}, {"--init"}, {"-d"}};
  int points = 0;
  for (const auto& mode : modes) {
    for (int k = 1;; ++k) {
      ConfiguredNode node;
      node.script("quick\nready");
      const auto ended =
          run_with_fault(node, mode, kForks, "error=EAGAIN:when=" + std::to_string(k));
      if (!ended) break;
      ++points;
      CAPTURE(ended->err);
      CAPTURE(k);
      CHECK(ended->code == 70);
      check_one_error(*ended);
      CHECK(contains(ended->err, "ulimit -u"));
    }
  }
  // What does not fit into a pipe needs a process that feeds it.
  ConfiguredNode large;
  std::string yml = content(large.config() / "elasticsearch.yml");
  for (int i = 0; i < 2000; ++i)
    yml += "cluster.metadata.k" + std::to_string(i) + ": " + std::string(1000, 'x') + "\n";
  large.put(large.config() / "elasticsearch.yml", yml);
  const auto unfed = run_with_fault(large, {"--relay=no"}, kForks, "error=EAGAIN:when=1");
  REQUIRE(unfed.has_value());
  check_one_error(*unfed);
  CHECK(unfed->code == 70);
  StandInNode keys;
  keys.script("quick\nready");
  const auto alone =
      run_with_fault(keys, {"--relay=no", "--credentials-file", keys.log("credentials").string()},
                     kForks, "error=EAGAIN:when=1+");
  REQUIRE(alone.has_value());
  CAPTURE(alone->err);
  CHECK(alone->code == 0);
  CHECK(check_whole_or_untouched(keys));
  MESSAGE("forks refused: ", points + 2);
}

TEST_CASE("no random bytes: an error before anything is made; late ones: a start that waits") {
  if (!has_strace("faults of getrandom")) return;
  for (const std::string error : {"ENOSYS", "EAGAIN", "EIO"}) {
    StandInNode node;
    const auto before = node.snapshot();
    const auto ended =
        run_with_fault(node, first_start_of(node), "getrandom", "error=" + error + ":when=1+");
    REQUIRE(ended.has_value());
    CAPTURE(ended->err);
    check_one_error(*ended);
    CHECK(contains(ended->err, "getrandom"));
    CHECK(node.snapshot() == before);
    CHECK_FALSE(check_whole_or_untouched(node));
  }
  StandInNode late;
  late.script("quick\nready");
  const auto ended =
      run_with_fault(late, first_start_of(late), "getrandom", "delay_enter=300000:when=1..5");
  REQUIRE(ended.has_value());
  CHECK(ended->code == 0);
  CHECK(check_whole_or_untouched(late));
}

TEST_CASE("without /proc and /sys a node is configured and started") {
  if (geteuid() != 0) return test_support::report_skip("no /proc", "mounts need root");
  StandInNode node;
  node.environment["ESBOOT_STAND_IN"] = node.jdk().string();
  auto request = request_of(node, first_start_of(node));
  std::vector<std::string> argv{
      "unshare",
      "-m",
      "sh",
      "-c",
      "mount -t tmpfs none /proc && mount -t tmpfs none /sys && exec \"$@\"",
      "sh"};
  argv.insert(argv.end(), request.argv.begin(), request.argv.end());
  request.argv = argv;
  const Ended ended = run_to_end(request);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK(test_support::decode_server_args(node.record().stdin_bytes).has_value());
  CHECK(check_whole_or_untouched(node));
}

TEST_CASE("a host name that nobody resolves, and no network, delay nothing") {
  if (geteuid() != 0) return test_support::report_skip("unknown host", "namespaces need root");
  StandInNode node;
  node.script("quick\nready");
  node.environment.erase("HOSTNAME");
  auto request = request_of(node, first_start_of(node));
  std::vector<std::string> argv{
      "unshare", "-u", "-n", "sh", "-c", "hostname nobody-knows-this.invalid && exec \"$@\"", "sh"};
  argv.insert(argv.end(), request.argv.begin(), request.argv.end());
  request.argv = argv;
  const auto begin = std::chrono::steady_clock::now();
  const Ended ended = run_to_end(request);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK(std::chrono::steady_clock::now() - begin < seconds(20));
  CHECK(contains(content(node.config() / "elasticsearch.yml"), "nobody-knows-this.invalid"));
}

TEST_CASE("a JDK that hangs when it is asked for its flags is given up") {
  if (!test_support::is_full_run())
    return test_support::report_skip("a JDK that hangs", "it takes a minute; --full runs it");
  ConfiguredNode node;
  node.put(node.config() / "jvm.options", "-XX:SomeUnknownThing=1\n");
  fs::rename(node.jdk() / "bin/java", node.jdk() / "bin/java.not");
  node.put(node.jdk() / "bin/java", "#!/bin/sh\nexec sleep 600\n");
  fs::permissions(node.jdk() / "bin/java", fs::perms::owner_all);
  const auto before = node.snapshot();
  const Ended ended = run_to_end(request_of(node, {}));
  check_one_error(ended);
  CHECK(ended.code == 70);
  CHECK(contains(ended.err, "did not answer within"));
  CHECK(node.snapshot() == before);
}
