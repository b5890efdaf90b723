#include "tests/parity/parity_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include "tests/parity/heap_difference.h"
#include "tests/support/temp_dir.h"

namespace parity {
namespace {

namespace fs = std::filesystem;

/// Changes whenever a record of before no longer holds what outcome_of() sees.
constexpr const char* kRecordForm = "1";

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The first line of /proc/meminfo: a heap is computed from it.
std::string memory_of_this_machine() {
  std::ifstream in("/proc/meminfo");
  std::string line;
  std::getline(in, line);
  return line;
}

/// What a JVM in the control groups of the case sees.
std::uint64_t memory_of(const ParityCase& parity_case) {
  std::istringstream line(memory_of_this_machine());
  std::string name;
  std::uint64_t kib = 0;
  line >> name >> kib;
  std::uint64_t bytes = kib * 1024;
  for (const std::uint64_t limit : {parity_case.outer_memory, parity_case.memory})
    if (limit != 0) bytes = std::min(bytes, limit);
  return bytes;
}

std::string record_name(const ParityCase& parity_case, const Distribution& distribution) {
  const std::string text = std::string(kRecordForm) + memory_of_this_machine() +
                           std::to_string(std::thread::hardware_concurrency()) +
                           content(distribution.jdk / "release") + parity_case.source;
  const std::size_t hash = std::hash<std::string>{}(text);
  std::array<char, 32> hex{};
  snprintf(hex.data(), hex.size(), "%016zx", hash);
  return hex.data();
}

/// Written beside and renamed: a run that is interrupted leaves no half record. Two workers may
/// keep the same one at a time, as cases that are alike share it.
void keep(const fs::path& path, const Outcome& outcome) {
  fs::create_directories(path.parent_path());
  const fs::path draft = path.string() + "." + std::to_string(getpid());
  std::ofstream(draft, std::ios::binary) << outcome.serialized();
  fs::rename(draft, path);
}

struct Work {
  const std::vector<const ParityCase*>& cases;
  const Distribution& distribution;
  fs::path records;
  fs::path results;
  bool anew;
};

void run_share(const Work& work, std::size_t worker, std::size_t workers) {
  for (std::size_t i = worker; i < work.cases.size(); i += workers) {
    const ParityCase& each = *work.cases[i];
    const fs::path record = work.records / record_name(each, work.distribution);
    if (work.anew) fs::remove(record);
    // What was cut off at the time limit says nothing about the launcher, so it gets a second try.
    for (int attempt = 0; attempt < 2 && !fs::exists(record); ++attempt) {
      const Outcome stock = run_case(each, work.distribution, Launcher::kStock);
      if (stock.facts.front().second != "124") keep(record, stock);
    }
    keep(work.results / std::to_string(i), run_case(each, work.distribution, Launcher::kEsboot));
  }
}

/// One process for each worker: a start forks, which threads would be in the way of.
void run_in_processes(const Work& work) {
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  std::vector<pid_t> children;
  std::cout.flush();
  for (std::size_t worker = 0; worker < workers; ++worker) {
    const pid_t child = fork();
    if (child == 0) {
      int code = 0;
      try {
        run_share(work, worker, workers);
      } catch (const std::exception& failed) {
        std::cerr << "parity: " << failed.what() << std::endl;
        code = 1;
      }
      _exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
}

}  // namespace

bool has_record(const ParityCase& parity_case, const Distribution& distribution,
                const fs::path& records) {
  return fs::exists(records / record_name(parity_case, distribution));
}

std::vector<Comparison> compare_all(const std::vector<const ParityCase*>& cases,
                                    const Distribution& distribution,
                                    const std::vector<DeclaredDifference>& declared,
                                    const fs::path& records, bool anew) {
  const test_support::TempDir results;
  run_in_processes({cases, distribution, records, results.path(), anew});
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const ParityCase& each = *cases[i];
    Comparison comparison;
    comparison.parity_case = &each;
    const std::string stock = content(records / record_name(each, distribution));
    const std::string esboot = content(results / std::to_string(i));
    if (stock.empty() || esboot.empty())
      comparison.undeclared.emplace_back("it did not run to its end");
    std::vector<DeclaredDifference> all = each.differences;
    all.insert(all.end(), declared.begin(), declared.end());
    std::set<std::string> reasons;
    std::vector<std::string> lines = differences(Outcome::parse(stock), Outcome::parse(esboot));
    for (const DeclaredDifference& one : all) {
      if (one.put_aside_bytes == 0 || !one.covers(distribution.version)) continue;
      auto others = without_put_aside(lines, memory_of(each), one.put_aside_bytes);
      if (others.size() < lines.size()) reasons.insert(one.reason);
      lines = std::move(others);
    }
    for (const std::string& line : lines)
      if (!is_declared(line, all, distribution.version, &reasons))
        comparison.undeclared.push_back(line);
    comparison.reasons.assign(reasons.begin(), reasons.end());
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

}  // namespace parity
