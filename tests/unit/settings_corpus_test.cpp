#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "base/files.h"
#include "tests/fuzz/settings_fuzz.h"

namespace {

struct Corpus {
  const char* directory;
  bool (*read)(std::span<const std::uint8_t> bytes);
};

}  // namespace

TEST_CASE("settings: the corpora of the fuzz targets replay") {
  for (const Corpus& corpus :
       {Corpus{"yml_corpus", fuzz_yml}, Corpus{"jvm_options_corpus", fuzz_jvm_options},
        Corpus{"setting_argument_corpus", fuzz_setting_argument}}) {
    int accepted = 0;
    int refused = 0;
    for (const auto& entry : std::filesystem::directory_iterator(
             std::string(ESBOOT_SOURCE_DIR) + "/tests/fuzz/" + corpus.directory)) {
      CAPTURE(entry.path().string());
      const auto content = base::read_secret_file(entry.path().string(), 1 << 20);
      REQUIRE(content.ok());
      ++(corpus.read(content.value().bytes()) ? accepted : refused);
    }
    CAPTURE(corpus.directory);
    CHECK(accepted > 3);
    CHECK(refused > 3);
  }
}
