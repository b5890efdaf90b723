#pragma once

#include <filesystem>
#include <vector>

namespace test_support {

struct Jdk {
  std::filesystem::path home;
  int major = 0;
};

/// Every JDK below /usr/lib/jvm and in ES_JAVA_HOME and JAVA_HOME, each once, the oldest first.
[[nodiscard]] std::vector<Jdk> all_jdks();

}  // namespace test_support
