#include <minizip/unzip.h>

#include <array>
#include <memory>

#include "base/text.h"
#include "launcher/installation.h"

namespace launcher {
namespace {

constexpr const char* kManifest = "META-INF/MANIFEST.MF";  // JAR File Specification
constexpr std::size_t kMaxManifestBytes = std::size_t{64} << 10U;

struct CloseZip {
  void operator()(void* zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<void, CloseZip>;

/// The text of one member of a zip file; empty where it is not there or cannot be read.
std::string member_text(const std::string& path, const char* member) {
  const Zip zip(unzOpen64(path.c_str()));
  if (!zip || unzLocateFile(zip.get(), member, 1) != UNZ_OK ||
      unzOpenCurrentFile(zip.get()) != UNZ_OK)
    return {};
  std::string text;
  std::array<char, 4096> chunk{};
  int got = 0;
  while (text.size() < kMaxManifestBytes &&
         (got = unzReadCurrentFile(zip.get(), chunk.data(), chunk.size())) > 0)
    text.append(chunk.data(), static_cast<std::size_t>(got));
  unzCloseCurrentFile(zip.get());
  return text;
}

std::string attribute(const std::string& manifest, std::string_view name) {
  for (const std::string& line : base::split(manifest, '\n'))
    if (line.starts_with(name) && line.substr(name.size()).starts_with(": "))
      return std::string(base::trim(line.substr(name.size() + 2)));
  return "unknown";
}

}  // namespace

BuildInfo read_build_info(const Installation& installation) {
  const std::string manifest = member_text(
      installation.home + "/lib/elasticsearch-" + installation.version_text + ".jar", kManifest);
  return {attribute(manifest, "Change"), attribute(manifest, "Build-Date")};
}

}  // namespace launcher
