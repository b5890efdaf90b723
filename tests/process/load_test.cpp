// Much at once, often, and large: that nothing is lost, and that time and memory grow with the work
// and no faster.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/server_args_decoder.h"

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test_support::BackgroundProcess;
using test_support::ConfiguredNode;
using test_support::content;
using test_support::StandInNode;

constexpr seconds kLimit{300};

double milliseconds_since(steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count();
}

/// Number `index` of many nodes that share an installation: a configuration directory of its own,
/// and a place where its stand-in JVM records.
struct OneOfMany {
  OneOfMany(const StandInNode& shared, int index)
      : config(shared.log("config-" + std::to_string(index))),
        place(shared.log("place-" + std::to_string(index))),
        err(shared.log("err-" + std::to_string(index))),
        exit_code(index % 100) {
    fs::copy(shared.config(), config, fs::copy_options::recursive);
    fs::create_directory(place);
    test_support::give_to_test_user(config);
  }

  /// A first start for those that are not configured, with keys that take no time.
  void start(StandInNode* shared) {
    shared->environment["ES_PATH_CONF"] = config.string();
    shared->environment["ESBOOT_STAND_IN"] = place.string();
    std::ofstream(place / "script") << "ready\nexit " << exit_code << "\n";
    test_support::give_to_test_user(place);
    BackgroundProcess::Request request;
    request.argv = shared->command({"--key-type=p256"});
    request.environment = shared->environment;
    request.err_file = err.string();
    process = std::make_unique<BackgroundProcess>(request);
  }

  fs::path config;
  fs::path place;
  fs::path err;
  int exit_code;
  std::unique_ptr<BackgroundProcess> process;
};

std::vector<OneOfMany> many_of(const StandInNode& shared, int count) {
  std::vector<OneOfMany> nodes;
  nodes.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) nodes.emplace_back(shared, i);
  return nodes;
}

/// Each got its own exit code, and its own configuration and no other was handed to its JVM.
void start_all_at_once(StandInNode* shared, int count, const std::string& what) {
  auto nodes = many_of(*shared, count);
  const auto begin = steady_clock::now();
  for (OneOfMany& node : nodes) node.start(shared);
  for (OneOfMany& node : nodes) {
    CAPTURE(content(node.err));
    const auto status = node.process->wait(kLimit);
    REQUIRE(status.has_value());
    CHECK(WEXITSTATUS(*status) == node.exit_code);
    const auto args = test_support::decode_server_args(content(node.place / "record/stdin"));
    REQUIRE(args.has_value());
    CHECK(args->config_directory == node.config.string());
    CHECK(args->settings.at("xpack.security.enabled").front() == "true");
  }
  MESSAGE(count, " ", what, " at once: ", milliseconds_since(begin), " ms");
}

/// What one start took until its JVM had run, and the most memory that it held.
struct Cost {
  double work;
  double time_ms;
  double peak_kib;
};

Cost cost_of_start(StandInNode* node, double work) {
  node->forget_record();
  const auto begin = steady_clock::now();
  const auto process = node->launch({});
  REQUIRE(process->wait(kLimit) == 0);
  return {work, milliseconds_since(begin), static_cast<double>(process->peak_kib())};
}

/// The growth between the two largest (0 bytes: neither took more than the test program holds), per
/// entry; and that ten times the work costs not much more than ten times as much, of which the
/// quadratic form would need a hundred.
void check_linear(const std::string& what, const std::vector<Cost>& costs) {
  const Cost& large = costs.back();
  const Cost& middle = costs[costs.size() - 2];
  const double entries = large.work - middle.work;
  MESSAGE(what, ": ", (large.time_ms - middle.time_ms) * 1000 / entries, " us and ",
          (large.peak_kib - middle.peak_kib) * 1024 / entries, " bytes for each entry; ",
          large.time_ms, " ms and ", large.peak_kib, " KiB for ", large.work);
  const double times = large.work / middle.work;
  CHECK(large.peak_kib < middle.peak_kib * times * 1.5);
  CHECK(large.time_ms < std::max(middle.time_ms, 100.0) * times * 3);
}

}  // namespace

TEST_CASE("two hundred nodes that start at once all start, each with its own") {
  ConfiguredNode configured;
  start_all_at_once(&configured, 200, "restarts");
  StandInNode fresh;
  start_all_at_once(&fresh, test_support::is_full_run() ? 200 : 20, "first starts");
}

TEST_CASE("a node that is restarted again and again leaves nothing and grows by nothing") {
  const int runs = test_support::is_full_run() ? 1000 : 60;
  ConfiguredNode node;
  node.script("quick\nready\nsleep 1");
  REQUIRE(node.launch({})->wait(kLimit) == 0);
  const auto before = node.snapshot();
  const fs::path temp = node.environment.at("ES_TMPDIR");
  const auto temp_entries = std::distance(fs::directory_iterator(temp), {});
  std::vector<double> times;
  long first_peak = 0;
  for (int run = 0; run < runs; ++run) {
    const Cost cost = cost_of_start(&node, 1);
    times.push_back(cost.time_ms);
    if (run == 0) first_peak = static_cast<long>(cost.peak_kib);
    CHECK(cost.peak_kib < static_cast<double>(first_peak) * 1.2);
  }
  CHECK(content(node.log("err")).empty());
  CHECK(node.snapshot() == before);
  CHECK(std::distance(fs::directory_iterator(temp), {}) == temp_entries);
  const auto median_of = [](std::vector<double> some) {
    std::sort(some.begin(), some.end());
    return some[some.size() / 2];
  };
  const auto third = static_cast<std::ptrdiff_t>(times.size() / 3);
  MESSAGE(runs,
          " restarts one after the other: ", median_of({times.begin(), times.begin() + third}),
          " ms at first, ", median_of({times.end() - third, times.end()}), " ms at last");
}

TEST_CASE("time and memory grow with the settings, up to 100,000 of them") {
  ConfiguredNode node;
  const std::string configured = content(node.config() / "elasticsearch.yml");
  std::vector<Cost> costs;
  for (const int entries : {1000, 10000, 100000}) {
    std::string yml = configured;
    for (int i = 0; i < entries; ++i)
      yml += "cluster.metadata.k" + std::to_string(i) + ": value of " + std::to_string(i) + "\n";
    node.put(node.config() / "elasticsearch.yml", yml);
    costs.push_back(cost_of_start(&node, entries));
    const auto args = test_support::decode_server_args(node.record().stdin_bytes);
    REQUIRE(args.has_value());
    CHECK(args->settings.at("cluster.metadata.k" + std::to_string(entries - 1)).front() ==
          "value of " + std::to_string(entries - 1));
  }
  check_linear("settings", costs);
}

TEST_CASE("time and memory grow with the keystore, up to 10,000 entries") {
  ConfiguredNode node;
  std::vector<Cost> costs;
  for (const int entries : {100, 1000, 10000}) {
    std::string lines;
    for (int i = 0; i < entries; ++i)
      lines += "s3.client.c" + std::to_string(i) + ".secret_key=secret-" + std::to_string(i) + "\n";
    node.put(node.log("entries"), lines);
    const auto applied = node.start({"keystore", "apply", node.log("entries").string()});
    REQUIRE_MESSAGE(applied.exit_code == 0, applied.err);
    costs.push_back(cost_of_start(&node, entries));
    const auto args = test_support::decode_server_args(node.record().stdin_bytes);
    REQUIRE(args.has_value());
    const std::string last = std::to_string(entries - 1);
    CHECK(args->secrets.at("s3.client.c" + last + ".secret_key") == "secret-" + last);
  }
  check_linear("keystore", costs);
}

TEST_CASE("settings and secrets of more than ten megabytes reach the JVM whole") {
  ConfiguredNode node;
  std::string yml = content(node.config() / "elasticsearch.yml");
  for (int i = 0; i < 10500; ++i)
    yml += "cluster.metadata.k" + std::to_string(i) + ": \"" + std::string(1000, 'x') + "\"\n";
  node.put(node.config() / "elasticsearch.yml", yml);
  const Cost cost = cost_of_start(&node, 1);
  const std::string given = node.record().stdin_bytes;
  MESSAGE("ServerArgs of ", given.size(), " bytes: ", cost.time_ms, " ms, ", cost.peak_kib, " KiB");
  CHECK(given.size() > 10'000'000);
  const auto args = test_support::decode_server_args(given);
  REQUIRE(args.has_value());
  CHECK(args->settings.at("cluster.metadata.k10499").front() == std::string(1000, 'x'));
}

TEST_CASE("an environment of any size reaches the JVM, or is one clear error") {
  constexpr int kNotPassed = 125;  // the kernel refused the exec of esboot itself
  ConfiguredNode node;
  node.script("quick\nready");
  // One variable has at most 128 KiB, all of them and the arguments a quarter of the stack's limit.
  const std::string large(120'000, 'x');
  std::size_t reached = 0;
  while (true) {
    const std::string name = "LARGE_" + std::to_string(reached);
    node.environment[name] = large;
    node.forget_record();
    const auto status = node.launch({})->wait(kLimit);
    REQUIRE(status.has_value());
    if (WEXITSTATUS(*status) == kNotPassed) {
      node.environment.erase(name);
      break;
    }
    REQUIRE(WEXITSTATUS(*status) == 0);
    CHECK(node.record().environment.at(name) == large);
    ++reached;
  }
  CHECK(reached > 10);
  MESSAGE("an environment of ", reached * large.size(), " bytes reaches the JVM");
  // The JVM has more arguments than esboot, so the largest that esboot gets is too large for it.
  std::size_t passed = 0;
  std::size_t too_large = large.size();
  std::string said;
  while (too_large - passed > 50) {
    const std::size_t size = (passed + too_large) / 2;
    node.environment["LARGE_LAST"] = std::string(size, 'x');
    fs::remove(node.log("err"));
    const auto status = node.launch({})->wait(kLimit);
    REQUIRE(status.has_value());
    if (WEXITSTATUS(*status) == kNotPassed) {
      too_large = size;
      continue;
    }
    passed = size;
    said = content(node.log("err"));
    CHECK((WEXITSTATUS(*status) == 0 || WEXITSTATUS(*status) == 126));
  }
  CHECK(said.starts_with("error: cannot run "));
  CHECK(test_support::contains(said, "hint: the environment and the JVM options together"));
}
