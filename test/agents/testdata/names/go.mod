module example.com/na-mes.x/v2

go 1.24
