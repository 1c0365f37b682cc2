print("leavecopy")
