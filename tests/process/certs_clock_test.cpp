// The life of one node's certificates, by moving the clock of the program: libfaketime is loaded
// into the dynamically linked build.
#include <doctest/doctest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/certificate_files.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace {

namespace fs = std::filesystem;
using test_support::contains;
using test_support::StandInNode;

std::optional<std::string> faketime_library() {
  for (const auto& directory : fs::directory_iterator("/usr/lib")) {
    const fs::path library = directory.path() / "faketime/libfaketime.so.1";
    if (fs::exists(library)) return library.string();
  }
  return std::nullopt;
}

/// libfaketime cannot be loaded into the static program.
void use_dynamic_program(StandInNode* node, const std::string& library) {
  fs::copy_file(std::string(ESBOOT_BINARY_DIR) + "/dynamic/esboot", node->home() / "bin/esboot",
                fs::copy_options::overwrite_existing);
  test_support::give_to_test_user(node->home() / "bin/esboot");
  node->environment["LD_PRELOAD"] = library;
}

/// A node made today, whose program believes to run some days later.
struct AgeingNode {
  explicit AgeingNode(const std::string& library) {
    use_dynamic_program(&node, library);
    REQUIRE(node.start({"--key-type=p256"}).exit_code == 0);
  }
  void set_day(int day) { node.environment["FAKETIME"] = "+" + std::to_string(day) + "d"; }

  StandInNode node;
};

}  // namespace

TEST_CASE("certs check, and the start itself, see a certificate age, end and be renewed") {
  const auto library = faketime_library();
  if (!library)
    return test_support::report_skip("certificates under a moved clock", "no libfaketime");
  AgeingNode ageing(*library);
  StandInNode& node = ageing.node;
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
  const auto library = faketime_library();
  if (!library) return test_support::report_skip("a clock that is not set", "no libfaketime");
  StandInNode node;
  use_dynamic_program(&node, *library);
  node.environment["FAKETIME"] = "@1970-01-02 00:00:00";
  CHECK(contains(node.start({"check"}).out, "the clock says 1970-01-02, so it is not set"));
  const auto started = node.start({"--key-type=p256"});
  CHECK(started.exit_code == 0);
  CHECK(contains(started.err, "warning: the clock says 1970-01-02: the certificates will have "));
  // And the remedy that it names is one.
  node.environment.erase("FAKETIME");
  CHECK(node.start({"certs", "check"}).exit_code == 2);
  CHECK(node.start({"certs", "renew", "--ca"}).exit_code == 0);
  CHECK(node.start({"certs", "check"}).exit_code == 0);
}

TEST_CASE("a clock that jumps while keys are made neither hangs nor breaks a first start") {
  const auto library = faketime_library();
  if (!library) return test_support::report_skip("a clock that jumps", "no libfaketime");
  for (const char* const jump : {"-3650d", "+3650d"}) {
    CAPTURE(jump);
    StandInNode node;
    use_dynamic_program(&node, *library);
    node.script("quick\nready");
    const std::string offset = node.log("offset").string();
    node.put(offset, "+0d\n");
    test_support::BackgroundProcess::Request request;
    // Loaded into esboot alone: what setpriv makes of it as root would not be the node's.
    request.argv = test_support::as_test_user();
    for (const std::string& word : std::vector<std::string>{
             "env", "LD_PRELOAD=" + *library, "FAKETIME_TIMESTAMP_FILE=" + offset,
             "FAKETIME_NO_CACHE=1", (node.home() / "bin/esboot").string(), "--credentials-file",
             node.log("credentials").string()})
      request.argv.push_back(word);
    node.environment.erase("LD_PRELOAD");
    request.environment = node.environment;
    test_support::BackgroundProcess process(request);
    CHECK_FALSE(process.wait(std::chrono::milliseconds(500)).has_value());
    node.put(offset, std::string(jump) + "\n");
    CHECK(process.wait(std::chrono::seconds(60)) == 0);
    node.put(offset, "+0d\n");
    CHECK(node.start({"certs", "check"}).exit_code == 0);
  }
}
