// Each version that the table knows boots for real. ESBOOT_NODE_VERSIONS names other versions than
// all of them; ESBOOT_VERSIONS_REPORT is a file with a row for each, of which those run are
// renewed.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "launcher/version_table.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/jdks.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/real_node.h"
#include "tests/support/report.h"

namespace {

namespace fs = std::filesystem;
using test_support::RealNode;
using Clock = std::chrono::steady_clock;

constexpr auto kStop = std::chrono::seconds(60);

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

int stop(test_support::BackgroundProcess* node) {
  node->signal(SIGTERM);
  const auto status = node->wait(kStop);
  if (!status) return -1;
  return WIFSIGNALED(*status) ? 128 + WTERMSIG(*status) : WEXITSTATUS(*status);
}

/// What one boot showed.
struct Boot {
  std::string right;      ///< the status for the password
  std::string wrong;      ///< for another one
  std::string anonymous;  ///< for none
  int exit_code = -1;     ///< after SIGTERM
  double seconds = 0;     ///< until the first 200

  [[nodiscard]] std::string row() const {
    std::array<char, 32> time{};
    snprintf(time.data(), time.size(), "%.1f", seconds);
    return std::string(time.data()) + " | " + right + ", " + wrong + ", " + anonymous + " | " +
           std::to_string(exit_code);
  }
};

Boot observe(const RealNode& node, const std::string& password, Clock::time_point begin,
             test_support::BackgroundProcess* process) {
  Boot boot;
  boot.right = node.authenticate_when_up(password);
  boot.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  boot.wrong = node.authenticate("wrong-" + password);
  boot.anonymous = node.authenticate(std::nullopt);
  boot.exit_code = stop(process);
  return boot;
}

void check(const Boot& boot) {
  CHECK(boot.right == "200");
  CHECK(boot.wrong == "401");
  CHECK(boot.anonymous == "401");
  CHECK(boot.exit_code == 143);
}

/// The rows of the report, by version.
class Report {
 public:
  explicit Report(fs::path file) : file_(std::move(file)) {
    for (const std::string& line : base::split(test_support::content(file_), '\n'))
      if (const auto cells = base::split(line, '|'); cells.size() > 2)
        if (const auto version = launcher::parse_version(base::trim(cells[1])))
          rows_[*version] = line;
  }

  void put(const std::string& version, const std::string& row) {
    rows_[*launcher::parse_version(version)] = "| " + version + " | " + row + " |";
    std::ofstream out(file_);
    out << "# Every version, booted for real\n\nWritten by `./dev test --full`: a node without "
           "security is started by esboot, and once more when it is configured. The seconds run "
           "from the start to the first 200; the codes are those for the password of `elastic`, "
           "for a wrong one and for none; the exit code is that after SIGTERM.\n\n"
           "| version | JDK | first start, s | codes | exit code | second start, s | codes | exit "
           "code | date | commit |\n|---|---|---|---|---|---|---|---|---|---|\n";
    for (const auto& [key, line] : rows_) out << line << "\n";
  }

 private:
  fs::path file_;
  std::map<launcher::Version, std::string> rows_;
};

std::string java_for(const std::string& version) {
  const auto home = test_support::jdk_for(version);
  for (const test_support::Jdk& jdk : test_support::all_jdks())
    if (home && jdk.home == *home) return std::to_string(jdk.major);
  return "?";
}

void boot_twice(const std::string& version) {
  CAPTURE(version);
  const auto node = RealNode::make("a boot of " + version, version);
  if (!node) return;
  auto begin = Clock::now();
  const auto fresh = node->start_piped();
  const fs::path file = node->config() / "initial_elastic_password";
  REQUIRE_MESSAGE(
      test_support::eventually([&] { return fs::exists(file); }, std::chrono::seconds(60)),
      node->text_of("err"));
  std::string password = test_support::content(file);
  password.pop_back();
  const Boot first = observe(*node, password, begin, fresh.get());
  check(first);
  begin = Clock::now();
  const auto again = node->start_redirected();
  const Boot second = observe(*node, password, begin, again.get());
  check(second);
  if (const std::string report = variable("ESBOOT_VERSIONS_REPORT"); !report.empty())
    Report(report).put(version, java_for(version) + " | " + first.row() + " | " + second.row() +
                                    " | " + test_support::today() + " | " + test_support::commit());
}

}  // namespace

TEST_CASE("every version boots, secured, and boots again" *
          doctest::skip(!test_support::is_full_run())) {
  std::string named = variable("ESBOOT_NODE_VERSIONS");
  if (named.empty())
    named = "8.3.3 8.7.1 8.11.4 8.13.4 8.15.5 8.17.10 8.19.21 9.0.8 9.1.10 9.2.8 9.5.3";
  for (const std::string& version : base::split(named, ' ')) boot_twice(version);
}
