// The life of one node's certificates, by moving the clock of the program: a library that does so
// is loaded into the dynamically linked build.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/support/certificate_files.h"
#include "tests/support/file_content.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test_support::contains;
using test_support::StandInNode;

/// A node whose program reads a clock that is wrong by what it is told.
struct NodeWithMovedClock {
  NodeWithMovedClock() {
    // Nothing can be loaded into the static program.
    fs::copy_file(std::string(ESBOOT_BINARY_DIR) + "/dynamic/esboot", node.home() / "bin/esboot",
                  fs::copy_options::overwrite_existing);
    test_support::give_to_test_user(node.home() / "bin/esboot");
    node.environment["LD_PRELOAD"] = std::string(ESBOOT_BINARY_DIR) + "/tests/libmoved_clock.so";
    node.environment["MOVED_CLOCK_FILE"] = node.log("offset").string();
  }
  void move(std::chrono::seconds by) {
    node.put(node.log("offset"), std::to_string(by.count()) + "\n");
  }
  void set_day(int day) { move(day * 24h); }

  StandInNode node;
};

bool has_threads(pid_t pid) {
  const std::string status = test_support::content("/proc/" + std::to_string(pid) + "/status");
  return contains(status, "Threads:\t") && !contains(status, "Threads:\t1\n");
}

}  // namespace

TEST_CASE("certs check, and the start itself, see a certificate age, end and be renewed") {
  NodeWithMovedClock ageing;
  StandInNode& node = ageing.node;
  REQUIRE(node.start({"--key-type=p256"}).exit_code == 0);
  struct Case {
    int day;
    int check;
    std::string said;  ///< by a start and by the check; empty: nothing
  };
  // The HTTP certificate lasts for 730 days, its CA for 1095; a warning comes 90 days before.
  for (const Case& each : {Case{0, 0, ""}, Case{638, 0, ""}, Case{641, 1, " ends on "},
                           Case{728, 1, "in 1 days"}, Case{731, 2, " has expired on "}}) {
    CAPTURE(each.day);
    ageing.set_day(each.day);
    const auto check = node.start({"certs", "check"});
    CHECK(check.exit_code == each.check);
    const auto started = node.start();
    CHECK(started.exit_code == 0);
    CHECK(node.record().complete);
    for (const std::string& err : {check.err, started.err}) {
      CHECK((err.empty() || err.starts_with("warning: http certificate http (CN=")));
      CHECK_MESSAGE((each.said.empty() ? err.empty() : contains(err, each.said)), err);
    }
    node.forget_record();
  }

  const std::string store = test_support::read_whole_file(node.config() / "certs/http.p12");
  node.environment["ES_RENEW_CERTS_DAYS"] = "30";
  ageing.set_day(698);
  CHECK(contains(node.start().err, "in 31 days"));
  CHECK(test_support::read_whole_file(node.config() / "certs/http.p12") == store);
  ageing.set_day(702);
  const auto renewed = node.start();
  CHECK(renewed.exit_code == 0);
  CHECK(contains(renewed.err, "warning: the HTTP certificate is renewed until "));
  CHECK_FALSE(test_support::read_whole_file(node.config() / "certs/http.p12") == store);
  CHECK(node.start({"certs", "check"}).exit_code == 0);
  // The new one ends with its CA.
  ageing.set_day(1000);
  CHECK(node.start({"certs", "check"}).exit_code == 0);
  ageing.set_day(1096);
  CHECK(node.start({"certs", "check"}).exit_code == 2);
}

TEST_CASE("a clock that is not set is said by a first start and by the preflight") {
  NodeWithMovedClock unset;
  StandInNode& node = unset.node;
  unset.move(24h - std::chrono::floor<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch()));
  CHECK(contains(node.start({"check"}).out, "the clock says 1970-01-02, so it is not set"));
  const auto started = node.start({"--key-type=p256"});
  CHECK(started.exit_code == 0);
  CHECK(contains(started.err, "warning: the clock says 1970-01-02: the certificates will have "));
  // And the remedy that it names is one.
  unset.set_day(0);
  CHECK(node.start({"certs", "check"}).exit_code == 2);
  CHECK(node.start({"certs", "renew", "--ca"}).exit_code == 0);
  CHECK(node.start({"certs", "check"}).exit_code == 0);
}

TEST_CASE("a clock that jumps while keys are made neither hangs nor breaks a first start") {
  for (const int jump : {-3650, 3650}) {
    CAPTURE(jump);
    NodeWithMovedClock jumping;
    StandInNode& node = jumping.node;
    node.script("quick\nready");
    jumping.set_day(0);
    test_support::BackgroundProcess::Request request;
    request.argv = test_support::as_test_user();
    for (const std::string& word :
         {(node.home() / "bin/esboot").string(), std::string("--credentials-file"),
          node.log("credentials").string()})
      request.argv.push_back(word);
    request.environment = node.environment;
    test_support::BackgroundProcess process(request);
    // The search for keys has threads, nothing before it has; it can be over at once.
    CHECK(test_support::eventually(
        [&] { return has_threads(process.pid()) || process.wait(0ms).has_value(); }));
    jumping.set_day(jump);
    CHECK(process.wait(60s) == 0);
    jumping.set_day(0);
    CHECK(node.start({"certs", "check"}).exit_code == 0);
  }
}
