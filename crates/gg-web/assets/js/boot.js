// islands
