#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/text.h"
#include "tests/parity/heap_difference.h"
#include "tests/parity/parity_report.h"
#include "tests/parity/parity_run.h"
#include "tests/support/jdks.h"
#include "tests/support/memory_group.h"
#include "tests/support/real_elasticsearch.h"

/// Starts with the stock launcher and with esboot, side by side. ESBOOT_PARITY chooses: nothing for
/// the core cases, "all" for every case, "recorded" for those whose stock side was run before; with
/// "anew" in it the stock side is run in any case.
/// ESBOOT_PARITY_VERSIONS names the versions, ESBOOT_PARITY_CASES a part of the names of the cases,
/// ESBOOT_PARITY_REPORT a file for the report.

using namespace parity;

namespace {

namespace fs = std::filesystem;

const fs::path kHere = fs::path(ESBOOT_SOURCE_DIR) / "tests/parity";

std::string content(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::vector<ParityCase> every_case() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kHere / "cases")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<ParityCase> cases;
  for (const fs::path& file : files)
    for (ParityCase& each : parse_cases(content(file), file.stem().string()))
      cases.push_back(std::move(each));
  return cases;
}

/// Keyed by the major version of their JDK, 0 for the usual one.
using CasesByJava = std::map<int, std::vector<const ParityCase*>>;

CasesByJava chosen(const std::vector<ParityCase>& cases, const launcher::Version& version) {
  const std::string mode = variable("ESBOOT_PARITY");
  const bool all =
      mode.find("all") != std::string::npos || mode.find("recorded") != std::string::npos;
  const std::string part = variable("ESBOOT_PARITY_CASES");
  const bool can_limit = test_support::MemoryGroup::make(0, 0) != nullptr;
  CasesByJava those;
  for (const ParityCase& each : cases)
    if ((all || each.core) && each.versions.contains(version) &&
        (each.behaviour + ": " + each.name).find(part) != std::string::npos) {
      if (each.is_limited() && !can_limit)
        test_support::report_skip("parity, " + each.name, "no control group can be made here");
      else
        those[each.java_major].push_back(&each);
    }
  return those;
}

/// One recording JDK for each JDK.
const RecordingJdk& recording(const fs::path& jdk) {
  static std::map<fs::path, RecordingJdk> made;
  return made.try_emplace(jdk, jdk).first->second;
}

/// The JDK of that version, else the usual one of the distribution where `major` is 0.
std::optional<fs::path> jdk_of(const std::string& version, int major) {
  if (major == 0) return test_support::jdk_for(version);
  for (const test_support::Jdk& jdk : test_support::all_jdks())
    if (jdk.major == major && fs::exists(jdk.home / "bin/javac")) return jdk.home;
  return std::nullopt;
}

std::vector<std::string> versions() {
  const std::string named = variable("ESBOOT_PARITY_VERSIONS");
  return base::split(named.empty() ? std::string("8.19.21 9.2.8 9.5.3") : named, ' ');
}

std::string described(const std::string& version, const Comparison& comparison) {
  const ParityCase& which = *comparison.parity_case;
  std::string text = version + " " + which.behaviour + ": " + which.name;
  for (const std::string& line : comparison.undeclared) text += "\n  " + line;
  return text;
}

ParityCase only_case(const std::string& text) {
  return parse_cases(text, "here").at(0);
}

}  // namespace

TEST_CASE("parity: whatever differs is a difference") {
  Outcome stock;
  stock.facts = {{"exit", "0"}, {"argv", "a"}, {"argv", "b"}, {"argv", "b"}, {"env X", "1\t\n\\"}};
  CHECK(differences(stock, Outcome::parse(stock.serialized())).empty());
  Outcome other = stock;
  other.facts[0] = {"exit", "1"};
  CHECK(differences(stock, other) == std::vector<std::string>{"exit: stock 0, esboot 1"});
  other = stock;
  std::swap(other.facts[1], other.facts[2]);
  CHECK(differences(stock, other) == std::vector<std::string>{"argv: order"});
  other = stock;
  other.facts.erase(other.facts.begin() + 2);
  CHECK(differences(stock, other) == std::vector<std::string>{"argv: stock b"});
  other.add("env Y", "2");
  CHECK(differences(stock, other) == std::vector<std::string>{"argv: stock b", "env Y: esboot 2"});
  CHECK(differences(other, stock) == std::vector<std::string>{"argv: esboot b", "env Y: stock 2"});
  CHECK(differences(stock, Outcome()).size() == 5);
}

TEST_CASE("parity: a declared difference covers its versions and nothing else") {
  const auto declared = parse_differences("8.19,9.1-9.2 :: argv: stock -Xm* :: because\n");
  std::set<std::string> used;
  CHECK(is_declared("argv: stock -Xms1m", declared, {8, 19, 21}, &used));
  CHECK(used == std::set<std::string>{"because"});
  CHECK(is_declared("argv: stock -Xms1m", declared, {9, 1, 10}, &used));
  CHECK(!is_declared("argv: stock -Xms1m", declared, {9, 5, 3}, &used));
  CHECK(!is_declared("argv: esboot -Xms1m", declared, {8, 19, 21}, &used));
}

TEST_CASE("parity: memory put aside explains the heaps that follow from it and no others") {
  constexpr std::uint64_t kMemory = std::uint64_t{8} << 30U;
  constexpr std::uint64_t kAside = std::uint64_t{100} << 20U;
  const std::vector<std::string> rest{"argv: order", "exit: stock 0, esboot 1"};
  const auto lines = [&](int stock, int esboot, std::uint64_t stock_direct) {
    std::vector<std::string> all{
        "argv: stock -Xms" + std::to_string(stock) + "m",
        "argv: stock -Xmx" + std::to_string(stock) + "m",
        "argv: stock -XX:MaxDirectMemorySize=" + std::to_string(stock_direct),
        "argv: esboot -Xms" + std::to_string(esboot) + "m",
        "argv: esboot -Xmx" + std::to_string(esboot) + "m",
        "argv: esboot -XX:MaxDirectMemorySize=2147483648"};
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  };
  // Half of 8192 MiB and of 8092; the direct memory half of that again.
  constexpr std::uint64_t kDirect = std::uint64_t{2023} << 20U;
  CHECK(without_put_aside(lines(4046, 4096, kDirect), kMemory, kAside) == rest);
  for (const auto& other :
       {lines(4045, 4096, kDirect), lines(4046, 4095, kDirect), lines(4046, 4096, kDirect / 2),
        lines(4096, 4096, kDirect), lines(4855, 4096, kDirect)})
    CHECK(without_put_aside(other, kMemory, kAside) == other);
  auto more = lines(4046, 4096, kDirect);
  more.emplace_back("argv: esboot -Xmx1g");
  CHECK(without_put_aside(more, kMemory, kAside) == more);
  // 0.6 of both for a master, without a difference in the direct memory.
  const std::vector<std::string> master{"argv: stock -Xms4855m", "argv: stock -Xmx4855m",
                                        "argv: esboot -Xms4915m", "argv: esboot -Xmx4915m"};
  CHECK(without_put_aside(master, kMemory, kAside).empty());
}

TEST_CASE("parity: a case that cannot be read is named") {
  CHECK(only_case("=* a\narg -d\nfile x\n| 1\n| 2\n").preparations.at(0).text == "1\n2\n");
  CHECK_THROWS_WITH(parse_cases("= a\nargument -d\n", "here"),
                    "here line 2: unknown word: argument");
  CHECK_THROWS_WITH(parse_cases("arg -d\n", "here"), "here line 1: belongs to no case");
  CHECK_THROWS(parse_cases("= a\ndiffers argv*\n", "here"));
  CHECK_THROWS(parse_differences("8.19 :: argv*\n"));
}

TEST_CASE("parity: a start gives the server and the caller what the stock start gives") {
  const auto cases = every_case();
  const auto declared = parse_differences(content(kHere / "differences.txt"));
  const bool anew = variable("ESBOOT_PARITY").find("anew") != std::string::npos;
  const fs::path records = test_support::cache_directory() / "parity";
  const bool recorded_only = variable("ESBOOT_PARITY").find("recorded") != std::string::npos;
  ParityReport report(cases);
  for (const std::string& version : versions()) {
    const auto home = test_support::es_home(version);
    const auto number = *launcher::parse_version(version);
    for (auto& [major, those] : chosen(cases, number)) {
      const auto jdk = jdk_of(version, major);
      if (!home || !jdk) {
        test_support::report_skip(std::to_string(those.size()) + " cases of parity with " + version,
                                  !jdk ? "no JDK for it" : "it cannot be had");
        continue;
      }
      const Distribution distribution{number, *home, recording(*jdk).home()};
      if (recorded_only) {
        const std::size_t missing = std::erase_if(those, [&](const ParityCase* each) {
          return !has_record(*each, distribution, records / version);
        });
        if (missing > 0) {
          const std::string reason = "the stock side was not run yet";
          test_support::report_skip(std::to_string(missing) + " cases of parity with " + version,
                                    reason);
          report.skip(version, missing, reason);
        }
      }
      const auto compared = compare_all(those, distribution, declared, records / version, anew);
      CHECK(compared.size() == those.size());
      for (const Comparison& each : compared) {
        if (!each.undeclared.empty()) FAIL_CHECK(described(version, each));
        report.add(version, each);
      }
    }
  }
  std::cout << report.counts();
  if (const std::string file = variable("ESBOOT_PARITY_REPORT"); !file.empty())
    std::ofstream(file) << report.text();
}
