#include "tests/support/real_node.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/child_process.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

/// Ports far from the defaults, different for each node of one test run.
int next_port() {
  static int port = 19200 + static_cast<int>(getpid() % 500) * 20;
  return port++;
}

}  // namespace

std::unique_ptr<RealNode> RealNode::make(const std::string& test, const std::string& version,
                                         const std::string& option) {
  const auto jdk = jdk_for(version);
  if (!jdk) {
    report_skip(test, "no JDK for Elasticsearch " + version);
    return nullptr;
  }
  const auto distribution = es_home(version, option);
  if (!distribution) {
    report_skip(test, "Elasticsearch " + version + " cannot be fetched");
    return nullptr;
  }
  // Not below /tmp: the entitlements of a node forbid it its own modules there.
  std::string form = "/var/tmp/esboot-node-XXXXXX";
  std::unique_ptr<RealNode> node(new RealNode(mkdtemp(form.data())));
  chmod(node->directory_.c_str(), 0755);
  fs::copy(*distribution, node->home(), fs::copy_options::recursive);
  fs::copy_file(esboot_binary(), node->home() / "bin/esboot");
  fs::create_directory(node->file("tmp"));
  node->jdk_ = jdk->string();
  node->http_port_ = next_port();
  node->transport_port_ = next_port();
  std::ofstream(node->config() / "elasticsearch.yml", std::ios::app)
      << "http.port: " << node->http_port_ << "\ntransport.port: " << node->transport_port_ << "\n";
  give_to_test_user(node->directory_);
  return node;
}

RealNode::~RealNode() {
  fs::remove_all(directory_);
}

std::map<std::string, std::string> RealNode::environment() const {
  return {{"ES_JAVA_HOME", jdk_},
          {"ES_TMPDIR", file("tmp").string()},
          {"ES_JAVA_OPTS", "-Xms" + heap_ + " -Xmx" + heap_},
          {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
          {"LANG", "C.UTF-8"}};
}

BackgroundProcess::Request RealNode::request(const std::vector<std::string>& wrapper) const {
  BackgroundProcess::Request request;
  request.argv = wrapper;
  request.environment = environment();
  request.directory = directory_;
  return request;
}

std::unique_ptr<BackgroundProcess> RealNode::start_on_terminal() {
  std::string line = "stty cols 110 rows 40; exec";
  for (const std::string& word : as_test_user()) line += " " + word;
  line += " '" + (home() / "bin/esboot").string() + "'";
  return std::make_unique<BackgroundProcess>(
      request({"script", "-qefc", line, file("terminal").string()}));
}

std::unique_ptr<BackgroundProcess> RealNode::start_redirected() {
  std::vector<std::string> argv = as_test_user();
  argv.push_back((home() / "bin/esboot").string());
  auto wanted = request(argv);
  wanted.out_file = file("out");
  wanted.err_file = file("err");
  return std::make_unique<BackgroundProcess>(wanted);
}

void RealNode::move_to(const std::string& network_namespace) {
  network_namespace_ = network_namespace;
  heap_ = "256m";
}

void RealNode::configure(const std::string& lines) {
  std::ofstream(config() / "elasticsearch.yml", std::ios::app) << lines;
}

std::vector<std::string> RealNode::here() const {
  if (network_namespace_.empty()) return {"/usr/bin/env"};
  return {"/usr/sbin/ip", "netns", "exec", network_namespace_};
}

std::unique_ptr<BackgroundProcess> RealNode::start_program(
    const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{"bash", "-c", "exec \"$@\" > >(cat >out) 2> >(cat >err)", "start"};
  for (const std::string& word : here()) argv.push_back(word);
  for (const std::string& word : as_test_user()) argv.push_back(word);
  argv.push_back((home() / program).string());
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  auto wanted = request(argv);
  if (!network_namespace_.empty())
    wanted.environment["LD_PRELOAD"] = std::string(ESBOOT_BINARY_DIR) + "/tests/libfile_limit.so";
  return std::make_unique<BackgroundProcess>(wanted);
}

std::unique_ptr<BackgroundProcess> RealNode::start_piped(
    const std::vector<std::string>& arguments) {
  return start_program("bin/esboot", arguments);
}

std::unique_ptr<BackgroundProcess> RealNode::start_stock(
    const std::vector<std::string>& arguments) {
  return start_program("bin/elasticsearch", arguments);
}

std::string RealNode::run_stock(const std::vector<std::string>& command) const {
  std::vector<std::string> argv = here();
  for (const std::string& word : as_test_user()) argv.push_back(word);
  argv.insert(argv.end(), command.begin(), command.end());
  return run_child({argv, "", {{"ES_JAVA_HOME", jdk_}}, home().string()}).out;
}

std::string RealNode::curl(const std::string& path, const std::vector<std::string>& words) const {
  std::vector<std::string> argv = here();
  argv.insert(argv.end(), {"/usr/bin/curl", "-s", "-m", "5", "--cacert",
                           (config() / "certs/http_ca.crt").string()});
  argv.insert(argv.end(), words.begin(), words.end());
  argv.push_back("https://localhost:" + std::to_string(http_port_) + path);
  return run_child({argv, "", {{"CURL_CA_BUNDLE", ""}}, "."}).out;
}

std::string RealNode::get(const std::string& path, const std::string& password) const {
  return curl(path, {"-u", "elastic:" + password});
}

std::string RealNode::set_password(const std::string& password) const {
  return curl("/_security/user/elastic/_password",
              {"-o", "/dev/null", "-w", "%{http_code}", "-u", "elastic:" + password, "-H",
               "content-type: application/json", "-d", R"({"password":")" + password + "\"}"});
}

int RealNode::ready() const {
  std::vector<std::string> argv{"/usr/bin/env"};
  for (const std::string& word : as_test_user()) argv.push_back(word);
  argv.insert(argv.end(), {(home() / "bin/esboot").string(), "ready"});
  return run_child({argv, "", {{"ES_JAVA_HOME", jdk_}}, home().string()}).exit_code;
}

std::string RealNode::authenticate(const std::optional<std::string>& password) const {
  std::vector<std::string> words{"-o", "/dev/null", "-w", "%{http_code}"};
  if (password) words.insert(words.end(), {"-u", "elastic:" + *password});
  return curl("/_security/_authenticate", words);
}

std::string RealNode::authenticate_when_up(const std::string& password,
                                           std::chrono::milliseconds limit) const {
  std::string status;
  eventually(
      [&] {
        status = authenticate(password);
        if (status == "200") return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        return false;
      },
      limit);
  return status;
}

int RealNode::plain_http() const {
  return run_child({{"/usr/bin/curl", "-s", "-m", "5", "-o", "/dev/null",
                     "http://localhost:" + std::to_string(http_port_) + "/"},
                    "",
                    {},
                    "."})
      .exit_code;
}

std::string RealNode::text_of(const std::string& name) const {
  std::ifstream in(file(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace test_support
