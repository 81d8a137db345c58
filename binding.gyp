{
  "targets": [
    {
      "target_name": "fencepost",
      "sources": [
        "native/addon.cc",
        "native/affinity.cc",
        "native/bell.cc",
        "native/block.cc",
        "native/code_pages.cc",
        "native/cycle_counter.cc",
        "native/frontier.cc",
        "native/histogram.cc",
        "native/machine_facts.cc",
        "native/perpetual_block.cc",
        "native/ping_pong.cc",
        "native/preload.cc",
        "native/price_block.cc",
        "native/runner.cc",
        "native/steal_time.cc",
        "native/stress.cc",
        "native/test_memory.cc",
        "native/thread_watch.cc",
        "native/time_base.cc",
        "native/timetable.cc",
        "native/worker_pool.cc"
      ],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_CPP_EXCEPTIONS"],
      "cflags!": ["-O2"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-std=c++17", "-O3", "-Wall", "-Wextra"],
      "xcode_settings": {
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "GCC_OPTIMIZATION_LEVEL": "3",
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "GCC_ENABLE_CPP_RTTI": "YES",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "WARNING_CFLAGS": ["-Wall", "-Wextra"]
      },
      "conditions": [
        ["\"<!(echo $FENCEPOST_WERROR)\"==\"1\"", { "cflags_cc": ["-Werror"] }]
      ]
    }
  ]
}
