from tests.bench.corpus import main

main()
