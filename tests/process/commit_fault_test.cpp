#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/change_set.h"
#include "tests/support/child_process.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::TempDir;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// A directory as it is before the change.
void lay_out(const fs::path& config, bool with_older) {
  fs::create_directories(config);
  put(config / "elasticsearch.yml", "old");
  if (!with_older) return;
  put(config / "elasticsearch.keystore", "old");
  fs::create_directory(config / "certs");
  put(config / "certs/mine", "old");
}

enum class Outcome { kUntouched, kChanged, kMixed };

/// What the next start would see.
Outcome outcome_of(const fs::path& config, const fs::path& outside, bool with_older) {
  const auto names = std::distance(fs::directory_iterator(config), {});
  const std::string yml = content(config / "elasticsearch.yml");
  const std::string store = content(config / "elasticsearch.keystore");
  const std::string certificate = content(config / "certs/http.p12");
  if (yml == "new" && store == "new" && certificate == "new" && content(outside) == "new" &&
      content(config / "certs/transport.p12") == "new" && names == (with_older ? 4 : 3) &&
      (!with_older || content(config / "certs.1.orig/mine") == "old"))
    return Outcome::kChanged;
  // An empty file outside is what the next attempt takes for its own.
  if (yml == "old" && store == (with_older ? "old" : "") && certificate.empty() &&
      content(outside).empty() && names == (with_older ? 3 : 1) &&
      (!with_older || content(config / "certs/mine") == "old"))
    return Outcome::kUntouched;
  return Outcome::kMixed;
}

/// Runs the driver with a fault at the k-th call of one name. False: there was no such call.
bool run_with_fault(const std::string& call, const std::string& fault, int k,
                    const fs::path& config, const fs::path& outside, int* exit_code) {
  const fs::path log = outside.parent_path() / "strace";
  const auto ran = test_support::run_child(
      {{"/usr/bin/strace", "-f", "-o", log.string(), "-e", "trace=" + call, "-e",
        "inject=" + call + ":" + fault + ":when=" + std::to_string(k),
        std::string(ESBOOT_BINARY_DIR) + "/tests/commit_driver", config.string(), outside.string()},
       "",
       {},
       "."});
  *exit_code = ran.exit_code;
  const std::string trace = content(log);
  return trace.find("INJECTED") != std::string::npos || trace.find("SIGKILL") != std::string::npos;
}

}  // namespace

TEST_CASE("a commit that is broken at any system call leaves all or nothing for the next start") {
  if (!fs::exists("/usr/bin/strace")) {
    test_support::report_skip("faults at every system call", "strace is not installed");
    return;
  }
  const std::vector<std::string> calls{"openat",
                                       "mkdir,mkdirat",
                                       "write",
                                       "fsync",
                                       "fchmod",
                                       "fchown",
                                       "rename,renameat,renameat2",
                                       "unlink,unlinkat",
                                       "ftruncate",
                                       "close"};
  const std::vector<std::string> faults{"signal=KILL", "error=ENOSPC", "error=EIO", "error=EROFS"};
  int points = 0;
  int changed = 0;
  for (const bool with_older : {false, true})
    for (const std::string& call : calls)
      for (const std::string& fault : faults)
        for (int k = 1;; ++k) {
          const TempDir dir;
          const fs::path config = dir / "config";
          const fs::path outside = dir / "credentials";
          lay_out(config, with_older);
          int exit_code = 0;
          if (!run_with_fault(call, fault, k, config, outside, &exit_code)) break;
          ++points;
          CAPTURE(call);
          CAPTURE(fault);
          CAPTURE(k);
          const auto recovered = base::recover(config.string());
          CHECK(recovered.ok());
          const Outcome outcome = outcome_of(config, outside, with_older);
          CHECK(outcome != Outcome::kMixed);
          if (exit_code == 0) CHECK(outcome == Outcome::kChanged);
          if (outcome == Outcome::kChanged) ++changed;
          // Whatever it was, the next attempt comes through.
          const fs::path next = outcome == Outcome::kChanged ? dir / "other" : outside;
          const auto again =
              test_support::run_child({{std::string(ESBOOT_BINARY_DIR) + "/tests/commit_driver",
                                        config.string(), next.string()},
                                       "",
                                       {},
                                       "."});
          CHECK(again.out == "");
          CHECK(again.exit_code == 0);
        }
  MESSAGE("fault points tried: ", points, ", of them after the commit: ", changed);
  CHECK(points > 200);
  CHECK(changed > 20);
}

TEST_CASE("a start that is killed at any moment configures or leaves untouched, with real keys") {
  int configured = 0;
  constexpr int kRuns = 20;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(test_support::StandInNode().start().exit_code == 0);
  const auto whole_start = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  for (int run = 0; run < kRuns; ++run) {
    test_support::StandInNode node;
    node.script("ready");
    {
      const auto process = node.launch({"--credentials-file", node.log("credentials").string()});
      // Key generation takes most of a start, so most kills fall into it, the last ones behind it.
      process->wait(whole_start * run * 3 / (2 * kRuns));
      process->signal(SIGKILL);
    }
    node.forget_record();
    const auto next = node.start({"--credentials-file", node.log("credentials").string()});
    CAPTURE(run);
    CAPTURE(next.err);
    CHECK(next.exit_code == 0);
    CHECK(content(node.config() / "elasticsearch.yml").find("xpack.security.enabled: true") !=
          std::string::npos);
    CHECK(content(node.log("credentials")).find("\"password\"") != std::string::npos);
    for (const auto& entry : fs::directory_iterator(node.config()))
      CHECK(entry.path().string().find("esboot") == entry.path().string().find("esboot-test"));
    if (next.err.find("security is configured") == std::string::npos) ++configured;
  }
  MESSAGE("of ", kRuns, " killed starts, ", configured, " had configured the node");
}

TEST_CASE("of two first starts at once one configures and the other waits") {
  test_support::StandInNode node;
  node.script("ready");
  const auto first = node.launch({"--credentials-file", node.log("one").string()});
  const auto second = node.launch({"--credentials-file", node.log("two").string()});
  CHECK(first->wait(std::chrono::seconds(30)) == 0);
  CHECK(second->wait(std::chrono::seconds(30)) == 0);
  CHECK(fs::exists(node.log("one")) != fs::exists(node.log("two")));
  CHECK(content(node.log("err")).find("waiting: ") != std::string::npos);
}
