// The stock elasticsearch-reconfigure-node and ours, on identical copies of a configured node.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "launcher/environment.h"
#include "launcher/settings.h"
#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/full_run.h"
#include "tests/support/https_stand_in.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::ChildResult;
using test_support::content;
using test_support::HttpsStandIn;

/// Both programs on one configuration directory each. The stock one gives what it writes to the
/// group elasticsearch, which is there in a mount namespace only.
class Bench {
 public:
  Bench(fs::path home, fs::path jdk) : home_(std::move(home)), jdk_(std::move(jdk)) {
    fs::create_directory(dir_ / "bin");
    fs::create_symlink(test_support::esboot_binary(), dir_ / "bin/elasticsearch-reconfigure-node");
    fs::copy(home_ / "config", dir_ / "model", fs::copy_options::recursive);
    std::ofstream(dir_ / "group") << content("/etc/group") << "elasticsearch:x:54321:\n";
  }

  [[nodiscard]] fs::path config(const std::string& name) const { return dir_ / name; }

  ChildResult esboot(const std::string& config, const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv{test_support::esboot_binary()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run(argv, config, "");
  }

  /// Runs one of the two with the copy of the model named so.
  ChildResult reconfigure(const std::string& who, const std::vector<std::string>& arguments,
                          const std::string& input) const {
    const fs::path program = (who == "stock" ? home_ : dir_.path()) / "bin";
    std::vector<std::string> argv{
        "/usr/bin/unshare",
        "-m",
        "/bin/sh",
        "-c",
        "mount --bind '" + (dir_ / "group").string() + "' /etc/group && exec \"$@\"",
        "sh",
        (program / "elasticsearch-reconfigure-node").string()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run(argv, who, input);
  }

  void copy_model() const {
    for (const char* const name : {"stock", "ours"}) {
      fs::remove_all(config(name));
      fs::copy(config("model"), config(name), fs::copy_options::recursive);
    }
  }

 private:
  [[nodiscard]] ChildResult run(const std::vector<std::string>& argv, const std::string& config,
                                const std::string& input) const {
    return test_support::run_child({argv,
                                    input,
                                    {{"ES_HOME", home_.string()},
                                     {"ES_PATH_CONF", this->config(config).string()},
                                     {"ES_JAVA_HOME", jdk_.string()},
                                     {"HOSTNAME", "refnode"}},
                                    "."});
  }

  test_support::TempDir dir_;
  fs::path home_;
  fs::path jdk_;
};

/// Names, kinds and modes of what is in a directory, and the settings that its yml makes.
std::string outline(const fs::path& config) {
  std::set<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(config)) {
    const std::string name = fs::relative(entry.path(), config).string();
    // Ours takes the password of the cluster that is gone away; stock has no such file.
    if (name == "initial_elastic_password") continue;
    lines.insert(name + " " + std::to_string(static_cast<unsigned>(entry.status().permissions())));
  }
  const auto settings =
      launcher::parse_yaml_settings(content(config / "elasticsearch.yml"), "the yml");
  CHECK(settings.ok());
  for (const auto& [key, value] : settings.value()) {
    std::string line = key + ":";
    for (const std::string& item : launcher::list_setting(settings.value(), key))
      line += " " + item;
    lines.insert(line);
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

struct Case {
  std::string broken;  ///< shell commands in the configuration directory
  std::vector<std::string> arguments;
  std::string input;
  int exit_code;
  bool in_every_run = false;
};

/// Lines of `keystore list` but those of the cluster state encryption of 9.5: stock writes them
/// also where the distribution lacks the module that knows them.
std::string entries_of(const Bench& bench, const std::string& config) {
  std::string text;
  for (const std::string& line : base::split(bench.esboot(config, {"keystore", "list"}).out, '\n'))
    if (!line.starts_with("cluster.state.encryption.")) text += line + "\n";
  return text;
}

void compare(const std::string& version) {
  const auto jdk = test_support::jdk_for(version);
  const auto home = jdk ? test_support::es_home(version) : std::nullopt;
  if (!home)
    return test_support::report_skip("reconfiguration as stock " + version,
                                     "no JDK or no distribution for it");
  const Bench bench(*home, *jdk);
  REQUIRE(bench.esboot("model", {"configure"}).exit_code == 0);
  const HttpsStandIn cluster(test_support::http_reply(
      200,
      test_support::enroll_body({"127.0.0.1:9300", "[::1]:9301"}, certgen::KeyType::kRsa4096)));
  const std::string token = test_support::make_token({cluster.address()}, cluster.ca_sha256_hex());
  const std::vector<std::string> with_token{"--enrollment-token", token};
  const std::string remove = test_support::esboot_binary() + " keystore remove ";
  for (const Case& each : std::vector<Case>{
           {"true", {}, "", 64},
           {"true", {"--enrollment-token"}, "", 64},
           {"true", with_token, "n\n", 0, true},
           {"true", with_token, "\n", 0},
           {"true", with_token, "", 70},
           {"true", with_token, "what\ny\n", 0},
           {"sed -i 's/^#.*END SEC/node.attr.rack: r1\\n&/' elasticsearch.yml", with_token, "y\n",
            0, true},
           {"sed -i 's/BEGIN/begin/' elasticsearch.yml", with_token, "y\n", 64, true},
           {"rm -r certs", with_token, "y\n", 64},
           {"rm elasticsearch.yml", with_token, "y\n", 78},
           {"true", {"--enrollment-token", "x"}, "y\n", 65, true},
           {remove + "xpack.security.http.ssl.keystore.secure_password", with_token, "y\n", 74}}) {
    if (!each.in_every_run && !test_support::is_full_run()) continue;
    bench.copy_model();
    for (const char* const name : {"stock", "ours"})
      REQUIRE(test_support::run_child(
                  {{"/bin/sh", "-c", each.broken},
                   "",
                   {{"ES_PATH_CONF", bench.config(name).string()}, {"ES_HOME", home->string()}},
                   bench.config(name).string()})
                  .exit_code == 0);
    const std::string before = fs::exists(bench.config("ours") / "elasticsearch.yml")
                                   ? outline(bench.config("ours"))
                                   : std::string();
    const ChildResult stock = bench.reconfigure("stock", each.arguments, each.input);
    const ChildResult ours = bench.reconfigure("ours", each.arguments, each.input);
    CAPTURE(each.broken);
    CAPTURE(each.input);
    CAPTURE(stock.err);
    CAPTURE(ours.err);
    CHECK(stock.exit_code == each.exit_code);
    CHECK(ours.exit_code == each.exit_code);
    // Where stock fails it may leave half of the old configuration; ours leaves all of it.
    if (each.exit_code == 0)
      CHECK(outline(bench.config("ours")) == outline(bench.config("stock")));
    else if (!before.empty())
      CHECK(outline(bench.config("ours")) == before);
    if (each.exit_code == 0) CHECK(entries_of(bench, "ours") == entries_of(bench, "stock"));
  }
}

}  // namespace

TEST_CASE("8.19.21: a reconfiguration asks, ends and writes as the stock tool does") {
  compare("8.19.21");
}

TEST_CASE("9.5.3: a reconfiguration asks, ends and writes as the stock tool does") {
  if (!test_support::is_full_run()) return;
  compare("9.5.3");
}
