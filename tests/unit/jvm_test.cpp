#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "launcher/heap.h"
#include "launcher/jvm_flags.h"
#include "launcher/jvm_options.h"
#include "launcher/memory_limit.h"
#include "launcher/version_table.h"

namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30U;

std::vector<launcher::JvmOption> options_of(const std::vector<std::string>& texts) {
  std::vector<launcher::JvmOption> options;
  for (const std::string& text : texts) options.push_back({text, "test"});
  return options;
}

}  // namespace

TEST_CASE("jvm.options lines apply by Java version") {
  struct Case {
    std::string line;
    int java;
    bool applies;
  };
  for (const Case& each : std::vector<Case>{{"-a", 17, true},
                                            {"17:-a", 17, true},
                                            {"17:-a", 18, false},
                                            {"17-:-a", 25, true},
                                            {"18-:-a", 17, false},
                                            {"17-19:-a", 19, true},
                                            {"17-19:-a", 20, false},
                                            {"1721:-a", 1721, true},
                                            {"# -a", 17, false},
                                            {"   ", 17, false}}) {
    CAPTURE(each.line);
    const auto file = launcher::parse_jvm_options(each.line, "f", each.java);
    CHECK(file.faults.empty());
    CHECK(file.options.size() == (each.applies ? 1 : 0));
  }
  const auto kept = launcher::parse_jvm_options("\n8-:-Da=b c ", "f", 17);
  CHECK(kept.options.at(0).text == "-Da=b c ");
  CHECK(kept.options.at(0).source == "f line 2");
}

TEST_CASE("every line that is no option is named") {
  const auto file = launcher::parse_jvm_options(
      " -a\na\n19-17:-a\n99999999999:-a\n17-:a\n17:\n-:-a\n-\n", "f", 17);
  CHECK(file.faults.size() == 6);
  CHECK(file.faults.at(0) == "f line 1:  -a");
  CHECK(file.options.size() == 2);  // "-:-a" and "-" begin with a dash
}

TEST_CASE("JVM sizes") {
  CHECK(launcher::parse_jvm_size("512m") == 512 * kMiB);
  CHECK(launcher::parse_jvm_size("1G") == kGiB);
  CHECK(launcher::parse_jvm_size("77") == 77);
  for (const char* const bad : {"", "m", "1x", "1mm", "-1", "99999999999999999999", "9999999999t"})
    CHECK_FALSE(launcher::parse_jvm_size(bad).has_value());
}

TEST_CASE("flags are derived from options that are understood, and from no others") {
  const auto plain = launcher::derive_jvm_flags(options_of({"-XX:+UseG1GC", "-Da=b", "-Xlog:gc"}));
  REQUIRE(plain.has_value());
  CHECK(plain->use_g1);
  CHECK_FALSE(plain->heap_set);
  const auto heap = launcher::derive_jvm_flags(
      options_of({"-XX:+UseG1GC", "-Xms1000m", "-Xmx1001m", "-XX:MaxDirectMemorySize=7m"}));
  REQUIRE(heap.has_value());
  CHECK(heap->heap_set);
  CHECK(heap->max_heap_bytes == 1002 * kMiB);
  CHECK(heap->direct_memory_bytes == 7 * kMiB);
  for (const auto& unknown : std::vector<std::vector<std::string>>{
           {},
           {"-XX:+UseSerialGC"},
           {"-XX:+UseG1GC", "-Xms2g", "-Xmx1g"},
           {"-XX:+UseG1GC", "-Xms2g", "-Xmx3g", "-XX:InitialHeapSize=1g"},
           {"-XX:+UseG1GC", "-XX:Frobnicate=1"},
           {"-XX:+UseG1GC", "-Xmx1x"},
           {"-XX:+UseG1GC", "@args"},
           {"-XX:+UseG1GC", "-XX:Flags=f"},
           {"-XX:+UseG1GC", "-Xms1g"},
           {"-XX:+UseG1GC", "-XX:G1HeapRegionSize=3m", "-Xmx1g"}})
    CHECK_FALSE(launcher::derive_jvm_flags(options_of(unknown)).has_value());
}

TEST_CASE("G1 rounds the heap as JDK 17 and 25 were seen to do it") {
  for (const auto& [asked, given] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {511, 512}, {1001, 1002}, {3072, 3072}, {9001, 9008}, {12002, 12008}, {31743, 31744}})
    CHECK(launcher::align_g1_heap(asked * kMiB, 0) == given * kMiB);
}

TEST_CASE("the output of PrintFlagsFinal is read") {
  const auto flags = launcher::parse_flags_final(
      "[Global flags]\n"
      "   size_t MaxHeapSize                              = 536870912                            "
      "     {product} {command line}\n"
      "     bool UseG1GC                                  = true                                 "
      "     {product} {ergonomic}\n"
      "    uintx G1ReservePercent                         = 10                                   "
      "     {product} {default}\n");
  CHECK(flags.heap_set);
  CHECK(flags.max_heap_bytes == 512 * kMiB);
  CHECK(flags.use_g1);
  CHECK_FALSE(flags.reserve_set);
}

TEST_CASE("the heap follows memory and roles") {
  using launcher::NodeClass;
  CHECK(launcher::heap_mib(NodeClass::kData, 24 * kGiB) == 12288);
  CHECK(launcher::heap_mib(NodeClass::kData, 512 * kMiB) == 204);
  CHECK(launcher::heap_mib(NodeClass::kData, 100 * kMiB) == 128);
  CHECK(launcher::heap_mib(NodeClass::kData, 200 * kGiB) == 31744);
  CHECK(launcher::heap_mib(NodeClass::kMasterOnly, kGiB) == 614);
  CHECK(launcher::heap_mib(NodeClass::kMlOnly, 16 * kGiB) == 6552);
  CHECK(launcher::heap_mib(NodeClass::kMlOnly, 32 * kGiB) == 8192);
  const auto of = [](std::vector<std::string> roles) {
    return launcher::node_class(launcher::Settings{{"node.roles", std::move(roles)}}).value();
  };
  CHECK(launcher::node_class({}).value() == NodeClass::kData);
  CHECK(of({}) == NodeClass::kData);
  CHECK(of({"master"}) == NodeClass::kMasterOnly);
  CHECK(of({"ml", "remote_cluster_client"}) == NodeClass::kMlOnly);
  CHECK(of({"remote_cluster_client"}) == NodeClass::kData);
  CHECK_FALSE(launcher::node_class(launcher::Settings{{"node.roles", "bogus"}}).ok());
}

TEST_CASE("the smallest memory limit wins, whatever level it is on") {
  const std::string v2_mount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
  CHECK(launcher::memory_limit_files("0::/a/b\n", v2_mount) ==
        std::vector<std::string>{"/sys/fs/cgroup/a/b/memory.max", "/sys/fs/cgroup/a/memory.max",
                                 "/sys/fs/cgroup/memory.max"});
  const std::string v1_mount =
      "31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n" + v2_mount;
  CHECK(launcher::memory_limit_files("5:memory:/x\n0::/\n", v1_mount) ==
        std::vector<std::string>{"/sys/fs/cgroup/memory/x/memory.limit_in_bytes",
                                 "/sys/fs/cgroup/memory/memory.limit_in_bytes"});
  const std::string container =
      "31 23 0:27 /docker/c1 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
  CHECK(launcher::memory_limit_files("5:memory:/docker/c1\n", container) ==
        std::vector<std::string>{"/sys/fs/cgroup/memory/memory.limit_in_bytes"});
  CHECK(launcher::memory_limit_files("nonsense", "nonsense").empty());
  CHECK(launcher::smallest({{5, "a"}, {3, "b"}, {4, "c"}}).source == "b");
}

TEST_CASE("a version takes its own row, or the one below it") {
  struct Case {
    const char* version;
    const char* row;
    launcher::Verified verified;
  };
  for (const Case& each : std::vector<Case>{{"8.19.21", "8.19.21", launcher::Verified::kYes},
                                            {"8.19.2", "8.19.21", launcher::Verified::kYes},
                                            {"8.18.8", "8.17.10", launcher::Verified::kBetweenRows},
                                            {"9.3.3", "9.2.8", launcher::Verified::kBetweenRows},
                                            {"9.5.9", "9.5.3", launcher::Verified::kYes},
                                            {"9.6.0", "9.5.3", launcher::Verified::kNewerThanTable},
                                            {"8.3.0", "8.3.3", launcher::Verified::kYes}}) {
    CAPTURE(each.version);
    const auto row = launcher::facts_for(launcher::parse_version(each.version).value());
    REQUIRE(row.ok());
    CHECK(row.value().facts->from.text() == each.row);
    CHECK(row.value().verified == each.verified);
  }
  CHECK_FALSE(launcher::facts_for({8, 2, 3}).ok());
  CHECK_FALSE(launcher::facts_for({7, 17, 0}).ok());
  CHECK(launcher::parse_version("9.6.0-SNAPSHOT").has_value());
  for (const char* const bad : {"", "8", "8.1", "8.1.x", "core-8.19.21", "8.1.2.3", "8.-1.0"})
    CHECK_FALSE(launcher::parse_version(bad).has_value());
}
