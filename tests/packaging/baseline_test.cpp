// The shipped programs on the oldest processors of their architectures, as qemu plays them.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/packaging/package_report.h"
#include "tests/support/child_process.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace fs = std::filesystem;
using packaging_tests::report_line;
using test_support::StandInNode;

namespace {

struct Machine {
  std::string name;
  std::string emulator;
  std::string processor;
  std::string program;
};

/// x86-64 as it began (K8 without what came after SSE2), and the first armv8.0 core.
const Machine kX86_64{"x86-64", "/usr/bin/qemu-x86_64-static",
                      "qemu64,-pni,-cx16,-popcnt,-lahf_lm,-abm,-sse4a",
                      std::string(ESBOOT_BINARY_DIR) + "/release/esboot"};
const Machine kArm64{"arm64", "/usr/bin/qemu-aarch64-static", "cortex-a53",
                     std::string(ESBOOT_BINARY_DIR) + "/arm64/release/esboot"};

test_support::ChildResult run_on(const Machine& machine, const StandInNode& node,
                                 const std::vector<std::string>& arguments) {
  auto argv = test_support::as_test_user();
  argv.insert(argv.begin(), "/usr/bin/env");  // which finds setpriv
  argv.insert(argv.end(),
              {machine.emulator, "-cpu", machine.processor, (node.home() / "bin/esboot").string()});
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return test_support::run_child({argv, "", node.environment, "/"});
}

void check_on(const Machine& machine) {
  for (const std::string& needed : {machine.emulator, machine.program})
    if (!fs::exists(needed)) {
      test_support::report_skip("the program on the oldest " + machine.name, "no " + needed);
      return;
    }
  StandInNode node;
  fs::copy_file(machine.program, node.home() / "bin/esboot", fs::copy_options::overwrite_existing);
  test_support::give_to_test_user(node.home());

  const auto version = run_on(machine, node, {"version"});
  INFO(version.out << version.err);
  CHECK(version.exit_code == 0);
  CHECK(version.out.find(", static)") != std::string::npos);
  const auto created = run_on(machine, node, {"keystore", "create"});
  INFO(created.err);
  CHECK(created.exit_code == 0);
  CHECK(run_on(machine, node, {"keystore", "list"}).out == "keystore.seed\n");
  const auto started = run_on(machine, node, {"start"});
  INFO(started.err);
  CHECK(started.exit_code == 0);
  CHECK(node.record().complete);
  for (const char* const file : {"certs/http.p12", "certs/transport.p12", "certs/http_ca.crt"})
    CHECK_MESSAGE(fs::exists(node.config() / file), file);
  // What the other processor wrote is right: the program of this one opens it.
  CHECK(test_support::run_child({{test_support::esboot_binary(), "certs", "check"},
                                 "",
                                 {{"ES_HOME", node.home().string()}},
                                 "/"})
            .exit_code == 0);
  report_line("qemu, " + machine.name + ", -cpu " + machine.processor +
              ": version, keystore create and list, a first start with 4096-bit RSA: exit code " +
              std::to_string(started.exit_code) + "; " +
              std::to_string(fs::file_size(machine.program)) + " bytes.\n");
}

}  // namespace

TEST_CASE("packages: the static program runs on the first x86-64 processors") {
  check_on(kX86_64);
}

TEST_CASE("packages: the static program for arm64 runs on armv8.0") {
  check_on(kArm64);
}
