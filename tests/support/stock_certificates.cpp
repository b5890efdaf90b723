#include "tests/support/stock_certificates.h"

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <vector>

#include "base/text.h"
#include "tests/support/certificate_files.h"
#include "tests/support/child_process.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/temp_dir.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

constexpr uid_t kNobody = 65534;
constexpr const char* kKeystoreNames[] = {"http", "transport"};

fs::path cache_directory(const std::string& version) {
  const char* chosen = std::getenv("ESBOOT_CACHE");
  const fs::path root = chosen != nullptr ? chosen : fs::path(ESBOOT_SOURCE_DIR) / ".cache";
  return root / "stock-certificates" / version;
}

/// A stock tool, run as nobody where the test is root: the stock programs refuse root in part.
std::vector<std::string> stock_command(const std::vector<std::string>& command) {
  std::vector<std::string> argv;
  if (geteuid() == 0)
    argv = {"/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
  else
    argv = {"/usr/bin/env"};
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

bool hand_over(const fs::path& directory) {
  if (geteuid() != 0) return true;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (chown(entry.path().c_str(), kNobody, kNobody) != 0) return false;
  return chown(directory.c_str(), kNobody, kNobody) == 0;
}

bool record(const fs::path& home, const fs::path& jdk, const fs::path& into) {
  const TempDir work;
  for (const char* name : {"data", "logs"}) fs::create_directory(work / name);
  fs::copy(home / "config", work / "config", fs::copy_options::recursive);
  if (!hand_over(work.path())) return false;
  std::map<std::string, std::string> environment{
      {"ES_JAVA_HOME", jdk.string()},
      {"ES_PATH_CONF", (work / "config").string()},
      {"HOSTNAME", "refhost"},
      {"CLI_NAME", "auto-configure-node"},
      {"CLI_LIBS", "modules/x-pack-core,modules/x-pack-security,lib/tools/security-cli"}};
  const ChildResult made =
      run_child({stock_command({(home / "bin/elasticsearch-cli").string(), "-Enode.name=refnode",
                                "-Epath.data=" + (work / "data").string(),
                                "-Epath.logs=" + (work / "logs").string()}),
                 "", environment, "/"});
  if (made.exit_code != 0 || !fs::exists(work / "config/certs/http.p12")) return false;
  fs::create_directories(into);
  for (const char* name : kKeystoreNames) {
    const ChildResult shown = run_child(
        {stock_command({(home / "bin/elasticsearch-keystore").string(), "show",
                        std::string("xpack.security.") + name + ".ssl.keystore.secure_password"}),
         "",
         {{"ES_JAVA_HOME", jdk.string()}, {"ES_PATH_CONF", (work / "config").string()}},
         "/"});
    if (shown.exit_code != 0) return false;
    write_file(into / (std::string(name) + ".password"), base::trim(shown.out));
  }
  for (const char* name : {"http.p12", "transport.p12", "http_ca.crt"})
    fs::copy_file(work / "config/certs" / name, into / name, fs::copy_options::overwrite_existing);
  return true;
}

}  // namespace

std::optional<StockCertificates> stock_certificates(const std::string& version) {
  const fs::path kept = cache_directory(version);
  if (!fs::exists(kept / "http_ca.crt")) {
    const auto home = es_home(version);
    const auto jdk = jdk_for(version);
    if (!home || !jdk || !record(*home, *jdk, kept)) return std::nullopt;
  }
  return StockCertificates{kept, read_whole_file(kept / "http.password"),
                           read_whole_file(kept / "transport.password")};
}

}  // namespace test_support
