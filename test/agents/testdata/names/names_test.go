package names_test

//dd:trace
func inTest() {}
