#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "base/files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

TEST_CASE("keystore: the corpus of the fuzz target replays") {
  int replayed = 0;
  for (const char* folder : {"/tests/data/keystore", "/tests/fuzz/keystore_corpus"})
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(ESBOOT_SOURCE_DIR) + folder)) {
      CAPTURE(entry.path().string());
      const auto content = base::read_secret_file(entry.path().string(), 1 << 20);
      REQUIRE(content.ok());
      const auto bytes = content.value().bytes();
      CHECK(LLVMFuzzerTestOneInput(bytes.data(), bytes.size()) == 0);
      // Every beginning of it too: what a reader meets in a file that is cut.
      for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(LLVMFuzzerTestOneInput(bytes.data(), size) == 0);
      ++replayed;
    }
  CHECK(replayed > 20);
}
