#include "partition/process/partition_process.h"

int main(int argument_count, char** arguments) {
  return hsm::partition::run_partition(argument_count, arguments);
}
