#include <doctest/doctest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/change_set.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::content;
using test_support::TempDir;

void put(const fs::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// What is committed into what, see tests/stand_in/commit_driver.cpp.
struct Form {
  std::string driver;
  bool with_older;
};

/// The whole content of a directory, "name=text" for files.
std::string listing(const fs::path& directory) {
  std::set<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = fs::relative(entry.path(), directory).string();
    lines.insert(entry.is_regular_file() ? name + "=" + content(entry.path()) : name + "/");
  }
  std::string text;
  for (const std::string& line : lines) text += line + " ";
  return text;
}

/// A directory as it is before the change.
void lay_out(const fs::path& config, const Form& form) {
  fs::create_directories(config);
  put(config / "elasticsearch.yml", "old");
  if (!form.with_older) return;
  put(config / "elasticsearch.keystore", "old");
  fs::create_directory(config / "certs");
  put(config / "certs/mine", "old");
  if (form.driver == "reconfigure") put(config / "initial_elastic_password", "old");
  if (form.driver != "undo") return;
  fs::create_directory(config / "certs.0.orig");
  put(config / "certs.0.orig/older", "older");
  fs::create_directory(config / "backup");
  put(config / "backup/elasticsearch.yml", "new");
}

/// And after it.
std::string listing_after(const Form& form) {
  const std::string made =
      "certs/ certs/http.p12=new certs/http_ca.crt=new certs/transport.p12=new ";
  const std::string files = "elasticsearch.keystore=new elasticsearch.yml=new ";
  if (form.driver == "undo") return "certs/ certs/older=older elasticsearch.yml=new ";
  const bool kept = form.with_older && form.driver != "reconfigure";
  return (kept ? "certs.1.orig/ certs.1.orig/mine=old " : "") + made + files;
}

enum class Outcome { kUntouched, kChanged, kMixed };

/// What the next start would see.
Outcome outcome_of(const fs::path& config, const fs::path& outside, const Form& form,
                   const std::string& before) {
  const std::string now = listing(config);
  const bool outside_is_new = content(outside) == "new";
  if (now == listing_after(form) && outside_is_new == (form.driver == "first"))
    return Outcome::kChanged;
  // An empty file outside is what the next attempt takes for its own.
  if (now == before && content(outside).empty()) return Outcome::kUntouched;
  return Outcome::kMixed;
}

std::vector<std::string> driver(const Form& form, const fs::path& config, const fs::path& outside) {
  return {std::string(ESBOOT_BINARY_DIR) + "/tests/commit_driver", config.string(),
          outside.string(), form.driver};
}

/// Runs the driver with a fault at the k-th call of one name. False: there was no such call.
bool run_with_fault(const std::string& call, const std::string& fault, int k, const Form& form,
                    const fs::path& config, const fs::path& outside, int* exit_code) {
  const fs::path log = outside.parent_path() / "strace";
  std::vector<std::string> argv{"/usr/bin/strace",
                                "-f",
                                "-o",
                                log.string(),
                                "-e",
                                "trace=" + call,
                                "-e",
                                "inject=" + call + ":" + fault + ":when=" + std::to_string(k)};
  for (const std::string& word : driver(form, config, outside)) argv.push_back(word);
  *exit_code = test_support::run_child({argv, "", {}, "."}).exit_code;
  const std::string trace = content(log);
  return trace.find("INJECTED") != std::string::npos || trace.find("SIGKILL") != std::string::npos;
}

struct Count {
  int points = 0;
  int changed = 0;
};

/// One commit that is broken at the k-th call. False: there is no such call.
bool try_point(const std::string& call, const std::string& fault, int k, const Form& form,
               Count* count) {
  const TempDir dir;
  const fs::path config = dir / "config";
  const fs::path outside = dir / "credentials";
  lay_out(config, form);
  const std::string before = listing(config);
  int exit_code = 0;
  if (!run_with_fault(call, fault, k, form, config, outside, &exit_code)) return false;
  ++count->points;
  CAPTURE(form.driver);
  CAPTURE(call);
  CAPTURE(fault);
  CAPTURE(k);
  const auto recovered = base::recover(config.string());
  CHECK(recovered.ok());
  const Outcome outcome = outcome_of(config, outside, form, before);
  CAPTURE(listing(config));
  CHECK(outcome != Outcome::kMixed);
  if (exit_code == 0) CHECK(outcome == Outcome::kChanged);
  if (outcome == Outcome::kChanged) ++count->changed;
  // Whatever it was, the next attempt comes through.
  const fs::path next = outcome == Outcome::kChanged ? dir / "other" : outside;
  const auto again = test_support::run_child({driver(form, config, next), "", {}, "."});
  CHECK(again.out == "");
  CHECK(again.exit_code == 0);
  return true;
}

void break_everywhere(const Form& form, const std::vector<std::string>& faults) {
  if (!fs::exists("/usr/bin/strace"))
    return test_support::report_skip("faults at every system call", "strace is not installed");
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
  Count count;
  for (const std::string& call : calls)
    for (const std::string& fault : faults)
      for (int k = 1; try_point(call, fault, k, form, &count); ++k) continue;
  MESSAGE(form.driver, ": fault points tried: ", count.points,
          ", of them after the commit: ", count.changed);
  CHECK(count.points > static_cast<int>(20 * faults.size()));
  CHECK(count.changed > static_cast<int>(4 * faults.size()));
}

const std::vector<std::string>& every_fault() {
  static const std::vector<std::string> all{"signal=KILL", "error=ENOSPC", "error=EIO",
                                            "error=EROFS"};
  return all;
}

/// All of them where there is time; they differ only in the message.
std::vector<std::string> some_faults() {
  if (test_support::is_full_run()) return every_fault();
  return {"signal=KILL", "error=EIO"};
}

}  // namespace

TEST_CASE("a first start that is broken at any system call leaves all or nothing") {
  break_everywhere({"first", false}, every_fault());
}

TEST_CASE("so does one over an older configuration") {
  break_everywhere({"first", true}, some_faults());
}

TEST_CASE("a join that is broken at any system call leaves all or nothing") {
  break_everywhere({"join", false}, some_faults());
}

TEST_CASE("a reconfiguration that is broken at any system call leaves all or nothing") {
  break_everywhere({"reconfigure", true}, some_faults());
}

TEST_CASE("an undo that is broken at any system call leaves all or nothing") {
  break_everywhere({"undo", true}, some_faults());
}

TEST_CASE("a start that is killed at any moment configures or leaves untouched, with real keys") {
  int configured = 0;
  const int runs = test_support::is_slow_program() ? 6 : 20;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(test_support::StandInNode().start().exit_code == 0);
  const auto whole_start = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  for (int run = 0; run < runs; ++run) {
    test_support::StandInNode node;
    node.script("ready");
    {
      const auto process = node.launch({"--credentials-file", node.log("credentials").string()});
      // Key generation takes most of a start, so most kills fall into it, the last ones behind it.
      process->wait(whole_start * run * 3 / (2 * runs));
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
  MESSAGE("of ", runs, " killed starts, ", configured, " had configured the node");
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
