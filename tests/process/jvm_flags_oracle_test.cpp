// What is derived from JVM options is what a real JVM says of its final flags.
#include <doctest/doctest.h>

#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "launcher/jvm_flags.h"
#include "tests/support/full_run.h"
#include "tests/support/jdks.h"
#include "tests/support/real_elasticsearch.h"

namespace {

using launcher::JvmFlags;
using launcher::JvmOption;

/// Makes lists of options of the kind that jvm.options holds, the same ones for the same seed.
class OptionsGenerator {
 public:
  explicit OptionsGenerator(unsigned seed) : random_(seed) {}

  std::vector<JvmOption> next() {
    std::vector<JvmOption> options;
    const auto add = [&](const std::string& text) { options.push_back({text, "generated"}); };
    if (below(20) != 0) add("-XX:+UseG1GC");
    const std::size_t count = below(7);
    for (std::size_t i = 0; i < count; ++i) add(any_option());
    if (below(3) == 0) {
      const std::string heap = size(8, 4096);
      add("-Xms" + heap);
      add("-Xmx" + heap);
    }
    return options;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  /// A number of MiB between the two, written in one of the ways that a JVM reads.
  std::string size(std::size_t least, std::size_t most) {
    const std::size_t mib = least + below(most - least);
    switch (below(4)) {
      case 0:
        return std::to_string(mib) + "M";
      case 1:
        return std::to_string(mib * 1024 + below(1024)) + "k";
      case 2:
        return std::to_string((mib << 20U) + below(1U << 20U));
      default:
        return std::to_string(mib) + "m";
    }
  }

  std::string any_option() {
    switch (below(16)) {
      case 0:
        return "-Xmx" + size(16, 4096);
      case 1:
        return "-Xms" + size(2, 1024);
      case 2:
        return "-XX:MaxHeapSize=" + size(16, 4096);
      case 3:
        return "-XX:InitialHeapSize=" + size(8, 512);
      case 4:
        return "-XX:MinHeapSize=" + size(8, 256);
      case 5:
        return "-XX:MaxDirectMemorySize=" + size(1, 4096);
      case 6:
        return "-XX:G1HeapRegionSize=" + std::to_string(1U << below(6)) + "m";
      case 7:
        return "-XX:InitiatingHeapOccupancyPercent=" + std::to_string(below(101));
      case 8:
        return "-XX:G1ReservePercent=" + std::to_string(below(51));
      case 9:
        return "-Xss" + std::to_string(1 + below(4)) + "m";
      case 10:
        return "-XX:+HeapDumpOnOutOfMemoryError";
      case 11:
        return "-XX:-OmitStackTraceInFastThrow";
      case 12:
        return "-Xlog:gc*:file=gc.log";
      case 13:
        return "--add-opens=java.base/java.io=ALL-UNNAMED";
      case 14:
        return "-Dsome.property=a b";
      default:
        return "-XX:+AlwaysPreTouch";
    }
  }

  std::mt19937 random_;
};

std::string text_of(const std::vector<JvmOption>& options) {
  std::string text;
  for (const JvmOption& option : options) text += " " + option.text;
  return text;
}

/// Every flag that the heap or the ergonomics look at. The heap counts where the options say it:
/// else it is ours to compute, and the flag is what the JVM would have made of the machine.
std::string comparable(const JvmFlags& flags) {
  std::string text =
      "g1 " + std::to_string(flags.use_g1) + ", heap set " + std::to_string(flags.heap_set) +
      ", direct memory " + std::to_string(flags.direct_memory_bytes) + ", region set " +
      std::to_string(flags.region_size_set) + ", occupancy set " +
      std::to_string(flags.occupancy_set) + ", reserve set " + std::to_string(flags.reserve_set);
  if (flags.heap_set) text += ", heap " + std::to_string(flags.max_heap_bytes);
  return text;
}

struct Counts {
  int derived = 0;
  int left_to_the_jvm = 0;
};

/// Asks a JVM only where there is a derived answer to compare with.
Counts compare_lists(const test_support::Jdk& jdk, unsigned seed, int count) {
  const std::string java = (jdk.home / "bin/java").string();
  OptionsGenerator generator(seed);
  Counts counts;
  for (int i = 0; i < count; ++i) {
    const auto options = generator.next();
    const auto derived = launcher::derive_jvm_flags(options);
    if (!derived) {
      ++counts.left_to_the_jvm;
      continue;
    }
    ++counts.derived;
    const auto asked = launcher::ask_jvm_flags(java, options, "");
    CAPTURE(text_of(options));
    REQUIRE_MESSAGE(asked.ok(), asked.error().message);
    CHECK(comparable(*derived) == comparable(asked.value()));
  }
  return counts;
}

void compare_everywhere(unsigned seed, int count) {
  int compared = 0;
  for (const test_support::Jdk& jdk : test_support::all_jdks()) {
    if (jdk.major != 17 && jdk.major != 25) continue;
    const Counts counts = compare_lists(jdk, seed, count);
    std::cout << "flags of JDK " << jdk.major << ", seed " << seed << ": " << counts.derived
              << " lists derived and compared, " << counts.left_to_the_jvm << " left to the JVM\n";
    CHECK(counts.derived > count / 3);
    ++compared;
  }
  if (compared < 2)
    test_support::report_skip("derived JVM flags", "JDK 17 and 25 are not both here");
}

}  // namespace

TEST_CASE("derived JVM flags are those of the JVM: some lists") {
  compare_everywhere(17, 12);
}

TEST_CASE("derived JVM flags are those of the JVM: hundreds of lists" *
          doctest::skip(!test_support::is_full_run())) {
  compare_everywhere(2025, 600);
}

TEST_CASE("every JVM option that a JVM refuses is named with its place") {
  const auto jdk = test_support::jdk_for("8.19.21");
  if (!jdk) return test_support::report_skip("refused JVM options", "no JDK 17");
  const std::vector<JvmOption> options{{"-XX:+UseG1GC", "jvm.options line 1"},
                                       {"-XX:+NoSuchFlag", "jvm.options line 2"},
                                       {"-Xss1m", "jvm.options line 3"},
                                       {"-XX:NoSuchSize=1", "x.options line 9"},
                                       {"-Xmx12q", "ES_JAVA_OPTS"},
                                       {"-nonsense", "y.options line 4"}};
  const auto asked = launcher::ask_jvm_flags((*jdk / "bin/java").string(), options, "");
  REQUIRE_FALSE(asked.ok());
  const std::string& message = asked.error().message;
  CAPTURE(message);
  CHECK(asked.error().kind == base::ErrorKind::kInternal);
  for (const char* const bad :
       {"jvm.options line 2: -XX:+NoSuchFlag", "x.options line 9: -XX:NoSuchSize=1",
        "ES_JAVA_OPTS: -Xmx12q", "y.options line 4: -nonsense"})
    CHECK(message.find(bad) != std::string::npos);
  for (const char* const good : {"line 1", "line 3"})
    CHECK(message.find(good) == std::string::npos);
}
