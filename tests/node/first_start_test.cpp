#include <doctest/doctest.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

#include "tests/support/file_content.h"
#include "tests/support/real_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::BackgroundProcess;
using test_support::content;
using test_support::RealNode;

constexpr auto kStop = std::chrono::seconds(60);
constexpr auto kBox = std::chrono::seconds(60);
constexpr int kCurlEmptyReply = 52;
constexpr int kUnavailable = 69;

std::map<std::string, std::string> config_contents(const RealNode& node) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(node.config()))
    if (entry.is_regular_file()) files[entry.path().string()] = content(entry.path());
  return files;
}

/// The children of a process, as numbers in text.
std::string children_of(const std::string& pid) {
  return content("/proc/" + pid + "/task/" + pid + "/children");
}

void check_authentication(const RealNode& node, const std::string& password) {
  CHECK(node.authenticate_when_up(password) == "200");
  CHECK(node.authenticate("wrong-" + password) == "401");
  CHECK(node.authenticate(std::nullopt) == "401");
  CHECK(node.plain_http() == kCurlEmptyReply);
  CHECK(node.ready() == 0);
}

/// The node that runs on the terminal is a child of `script`; it is told to end like on Ctrl-C's
/// neighbour, kill.
void end_on_terminal(BackgroundProcess* script) {
  std::string jvm = children_of(std::to_string(script->pid()));
  REQUIRE_FALSE(jvm.empty());
  const pid_t pid = std::stoi(jvm);
  CHECK(fs::read_symlink("/proc/" + std::to_string(pid) + "/exe").filename() == "java");
  kill(pid, SIGTERM);
  const auto status = script->wait(kStop);
  REQUIRE(status.has_value());
  CHECK(WEXITSTATUS(*status) == 143);
}

void first_start_on_terminal(const std::string& version) {
  const auto node = RealNode::make("first start on a terminal, " + version, version);
  if (!node) return;
  CHECK(node->ready() == kUnavailable);
  std::string password;
  {
    const auto script = node->start_on_terminal();
    std::smatch match;
    REQUIRE(test_support::eventually(
        [&] {
          const std::string shown = node->text_of("terminal");
          const bool found =
              std::regex_search(shown, match, std::regex("password +([A-Za-z0-9*_=+-]{20})\r?\n"));
          if (found) password = match[1];
          return found;
        },
        std::chrono::seconds(60)));
    check_authentication(*node, password);
    // The node's own box: it needs the terminal as the server's stdout.
    CHECK(test_support::eventually(
        [&] { return node->text_of("terminal").find("fingerprint:") != std::string::npos; }, kBox));
    end_on_terminal(script.get());
    CHECK(node->text_of("terminal").find('\x18') == std::string::npos);
    CHECK(node->text_of("terminal").find("WARNING: Using incubator") == std::string::npos);
  }

  const auto before = config_contents(*node);
  const auto again = node->start_redirected();
  CHECK(node->authenticate_when_up(password) == "200");
  CHECK(config_contents(*node) == before);
  again->signal(SIGTERM);
  const auto status = again->wait(kStop);
  REQUIRE(status.has_value());
  CHECK((WIFSIGNALED(*status) ? 128 + WTERMSIG(*status) : WEXITSTATUS(*status)) == 143);
  // The reduced distribution lacks a module that 9.5's options name; nothing else is said.
  for (const char* const unwanted : {"error:", "hint:", "\x18", "incubator"})
    CHECK(node->text_of("err").find(unwanted) == std::string::npos);
  for (const char* const log : {"logs/elasticsearch.log"})
    CHECK(content(node->home() / log).find(password) == std::string::npos);
}

}  // namespace

TEST_CASE("8.19.21: secured on a terminal, then restarted redirected") {
  first_start_on_terminal("8.19.21");
}
TEST_CASE("9.2.8: secured on a terminal, then restarted redirected") {
  first_start_on_terminal("9.2.8");
}
TEST_CASE("9.5.3: secured on a terminal, then restarted redirected") {
  first_start_on_terminal("9.5.3");
}

TEST_CASE("8.19.21: without a terminal the password is in a file, and it works") {
  const auto node = RealNode::make("first start without a terminal", "8.19.21");
  if (!node) return;
  const auto process = node->start_piped();
  const auto file = node->config() / "initial_elastic_password";
  REQUIRE(test_support::eventually([&] { return fs::exists(file); }, std::chrono::seconds(60)));
  std::string password = content(file);
  password.pop_back();
  check_authentication(*node, password);
  process->signal(SIGKILL);
}
