#include "launcher/console.h"

int main() {
  launcher::console::note("esboot");
  return 64;
}
